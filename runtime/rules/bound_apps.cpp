#include "runtime/rules/bound_apps.hpp"

#include <algorithm>

namespace troupe {

namespace {

template <class Part>
bool names(const Part& part, rule_side side, const std::string& name) {
  const auto& list = side == rule_side::plug ? part.plugs : part.slots;
  return std::ranges::find(list, name) != list.end();
}

} // namespace

std::vector<std::string> bound_apps(const snap_info& snap, rule_side side, const std::string& name) {
  const auto is_named = [&](const auto& part) { return names(part, side, name); };
  const auto is_for_some =
      std::ranges::any_of(snap.apps, is_named) || std::ranges::any_of(snap.hooks, is_named);
  std::vector<std::string> result;
  for (const auto& app : snap.apps)
    if (!is_for_some || is_named(app))
      result.push_back(app.name);
  return result;
}

} // namespace troupe
