#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/report/html_report.hpp"
#include "runtime/json/json.hpp"
#include "tests/sim/simulation.hpp"

namespace troupe::stress {

/// What the runs of a simulation came to together.
struct sum_of_runs {
  std::uint64_t runs = 0;
  std::uint64_t changes = 0;
  std::uint64_t messages = 0;
  double simulated_hours = 0;
  double real_seconds = 0;
  std::uint64_t digest = 0;
  sim::hit_counts hits;
  std::vector<sim::simulation_report> failed;
  std::vector<std::pair<double, double>>
      hours_by_second; ///< Simulated hours after so many real seconds.

  void add(const sim::simulation_report& report);
  void note_progress(double second) { hours_by_second.emplace_back(second, simulated_hours); }

  /// Of the faults and conditions that a nightly run has to meet.
  std::vector<std::string> never_met() const;
};

json::object as_json(const sum_of_runs& sum);
std::string as_text(const sum_of_runs& sum);
report::html_report as_report(const sum_of_runs& sum);

} // namespace troupe::stress
