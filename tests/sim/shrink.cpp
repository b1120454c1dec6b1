#include "tests/sim/shrink.hpp"

#include <algorithm>

namespace troupe::sim {

simulation_report shrink(simulation_options options, simulation_report failed,
                         const std::function<void(std::size_t, std::size_t)>& tried) {
  std::size_t tries = 0;
  for (auto part = failed.taken.size() / 2; part > 0;) {
    auto is_shorter = false;
    for (std::size_t from = 0; from < failed.taken.size();) {
      options.only = failed.taken;
      auto begin = options.only.begin() + static_cast<std::ptrdiff_t>(from);
      auto count = std::min(part, failed.taken.size() - from);
      options.only.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      tried(++tries, failed.taken.size());
      if (options.only.empty())
        break;
      if (auto report = simulate(options); !report.problem.empty()) {
        failed = std::move(report);
        is_shorter = true;
      } else {
        from += part;
      }
    }
    if (!is_shorter || part > failed.taken.size())
      part /= 2;
  }
  return failed;
}

} // namespace troupe::sim
