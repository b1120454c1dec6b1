#include "tests/crash/report.hpp"

#include <algorithm>

namespace troupe::crash {

std::chrono::microseconds median(std::vector<std::chrono::microseconds> times) {
  if (times.empty())
    return {};
  auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

faults lost(const std::vector<told_change>& were, const std::vector<told_change>& are) {
  faults found;
  for (const auto& was : were) {
    auto is = std::find_if(are.begin(), are.end(), [&](const auto& each) { return each.id == was.id; });
    if (is == are.end())
      found.push_back("change " + was.id + " was accepted and is lost");
    else if (!was.status.empty() && was.status != is->status)
      found.push_back("change " + was.id + " had ended as " + was.status + " and is now " + is->status);
  }
  return found;
}

std::uint64_t number_of(const told_change& change) { return std::stoull(change.id); }

std::vector<told_change> changes_after(const crash_world& world, std::uint64_t last) {
  auto changes = world.changes();
  std::erase_if(changes, [&](const auto& each) { return number_of(each) <= last; });
  std::sort(changes.begin(), changes.end(),
            [](const auto& left, const auto& right) { return number_of(left) < number_of(right); });
  return changes;
}

std::uint64_t last_change(const crash_world& world) {
  std::uint64_t last = 0;
  for (const auto& change : world.changes())
    last = std::max(last, number_of(change));
  return last;
}

void carry_out(const std::vector<told_change>& changes, installed_snaps& to) {
  for (const auto& change : changes) {
    if (change.status != "Done")
      continue;
    for (const auto& snap : change.snaps) {
      if (change.kind.starts_with("remove"))
        to.erase(snap);
      else
        to[snap] = {"x1", !change.kind.starts_with("disable")};
    }
  }
}

} // namespace troupe::crash
