#pragma once

#include <vector>

#include "cli/report/html_report.hpp"

namespace troupe::report {

/// What an axis shows, and where its grid lines stand, in the units of the data.
struct axis {
  double low = 0;
  double high = 1; ///< Above low.
  std::vector<double> ticks;
  scale kind = scale::linear;

  /// Where a value lies: 0 at the low end, 1 at the high one.
  double share(double value) const;
};

/// An axis that holds all from low to high; its ends are round numbers. Logarithmic: both above 0.
axis axis_for(double low, double high, scale kind);

/// An axis that ends where the data does, with round numbers in between.
axis tight_axis_for(double low, double high);

} // namespace troupe::report
