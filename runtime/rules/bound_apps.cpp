#include "runtime/rules/bound_apps.hpp"

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

template <class Part>
bool names(const Part& part, rule_side side, const std::string& name) {
  const auto& list = side == rule_side::plug ? part.plugs : part.slots;
  return std::ranges::find(list, name) != list.end();
}

template <class Part>
std::vector<std::string> bound(const std::vector<Part>& parts, const snap_info& snap, rule_side side,
                               const std::string& name, const std::string& prefix = {}) {
  const auto is_named = [&](const auto& part) { return names(part, side, name); };
  const auto is_for_some =
      std::ranges::any_of(snap.apps, is_named) || std::ranges::any_of(snap.hooks, is_named);
  std::vector<std::string> result;
  for (const auto& part : parts)
    if (!is_for_some || is_named(part))
      result.push_back(prefix + part.name);
  return result;
}

} // namespace

std::vector<std::string> bound_apps(const snap_info& snap, rule_side side, const std::string& name) {
  return bound(snap.apps, snap, side, name);
}

std::vector<std::string> bound_programs(const snap_info& snap, rule_side side, const std::string& name) {
  auto result = bound(snap.apps, snap, side, name, "app.");
  std::ranges::move(bound(snap.hooks, snap, side, name, "hook."), std::back_inserter(result));
  return result;
}

} // namespace troupe
