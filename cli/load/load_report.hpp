#pragma once

#include <string>

#include "cli/load/load_run.hpp"
#include "cli/report/html_report.hpp"
#include "runtime/json/json.hpp"

namespace troupe::load {

json::object json_of(const load_result& result);

/// For a terminal of a hundred columns.
std::string text_of(const load_result& result);

report::html_report html_of(const load_result& result);

} // namespace troupe::load
