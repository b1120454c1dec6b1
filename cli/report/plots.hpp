#pragma once

#include <string>
#include <vector>

#include "cli/report/html_report.hpp"

namespace troupe::report {

/// A plot as SVG, with axes, units, grid and legend; a sentence where there is nothing to show.
std::string drawn_lines(const line_plot& plot);

/// Bars as SVG, each with its label and value.
std::string drawn_bars(const std::string& value_label, const std::vector<bar>& bars);

} // namespace troupe::report
