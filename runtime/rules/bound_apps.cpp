#include "runtime/rules/bound_apps.hpp"

#include <algorithm>

namespace troupe {

namespace {

template <class Part>
bool names(const Part& part, rule_side side, const std::string& name) {
  const auto& list = side == rule_side::plug ? part.plugs : part.slots;
  return std::ranges::find(list, name) != list.end();
}

/// Calls `found` with each application and `found_hook` with each hook that a plug or slot is for.
void each_bound(const snap_info& snap, rule_side side, const std::string& name, auto found,
                auto found_hook) {
  const auto is_named = [&](const auto& part) { return names(part, side, name); };
  const auto is_for_some =
      std::ranges::any_of(snap.apps, is_named) || std::ranges::any_of(snap.hooks, is_named);
  for (const auto& app : snap.apps)
    if (!is_for_some || is_named(app))
      found(app.name);
  for (const auto& hook : snap.hooks)
    if (!is_for_some || is_named(hook))
      found_hook(hook.name);
}

} // namespace

std::vector<std::string> bound_apps(const snap_info& snap, rule_side side, const std::string& name) {
  std::vector<std::string> result;
  each_bound(
      snap, side, name, [&](const std::string& app) { result.push_back(app); },
      [](const std::string&) {});
  return result;
}

std::vector<std::string> bound_programs(const snap_info& snap, rule_side side, const std::string& name) {
  std::vector<std::string> result;
  each_bound(
      snap, side, name, [&](const std::string& app) { result.push_back("app." + app); },
      [&](const std::string& hook) { result.push_back("hook." + hook); });
  return result;
}

} // namespace troupe
