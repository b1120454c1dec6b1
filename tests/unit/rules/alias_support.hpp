#pragma once

#include "planner_support.hpp"
#include "runtime/rules/aliases.hpp"

namespace troupe::planner_tests {

/// A snap with these applications; one whose name begins with "svc" is a service.
inline snap_info_ptr with_apps(const std::string& name, const std::vector<std::string>& apps) {
  auto info = std::make_shared<snap_info>(*info_of(name));
  for (const auto& app : apps) {
    auto& added = info->apps.emplace_back();
    added.name = app;
    added.command = "bin/" + app;
    added.daemon = app.starts_with("svc") ? "simple" : "";
  }
  return info;
}

using alias_table = std::map<std::string, snap_alias>;

/// An installed snap with the applications one, two and svc, and these aliases.
inline snap_state_ptr aliased(const std::string& name, const alias_table& aliases,
                              bool no_automatic = false) {
  auto state = std::make_shared<snap_state>(
      *installed(name, {1, 2}, true, with_apps(name, {"one", "svc", "two"})));
  state->aliases = aliases;
  state->no_automatic_aliases = no_automatic;
  for (const auto& [alias, target] : aliases)
    if (!target.automatic.empty())
      state->origin.aliases.emplace(alias, target.automatic);
  return state;
}

inline snap_request alias_request(const std::string& snap, const std::string& app,
                                  const std::string& alias) {
  auto wanted = request("alias", snap);
  wanted.app = app;
  wanted.alias = alias;
  return wanted;
}

} // namespace troupe::planner_tests
