#include "tests/sim/expected_services.hpp"

#include "runtime/rules/verbs.hpp"

namespace troupe::sim {

std::vector<std::string> expected_services::named(const snap& of, const operation& op) {
  if (!op.services.empty())
    return op.services;
  std::vector<std::string> all;
  for (const auto& [app, is] : of.services)
    all.push_back(app);
  return all;
}

/// As an install, an enable, a refresh or a start of the daemon does.
void expected_services::start_all(snap& of) {
  for (auto& [app, is] : of.services)
    if (!of.disabled.contains(app))
      is = state::on;
    else if (!of.enduring.contains(app))
      is = state::off;
}

void expected_services::control(snap& of, const operation& op, bool across_start) {
  for (const auto& app : named(of, op)) {
    auto& is = of.services.at(app);
    const auto starts = op.verb == "start-services";
    const auto stops = op.verb == "stop-services";
    if (op.for_good && starts)
      of.disabled.erase(app);
    if (op.for_good && stops)
      of.disabled.insert(app);
    // Those without a name are restarted only where they run.
    if (stops)
      is = state::off;
    else if (starts || !op.services.empty())
      is = state::on;
    // The daemon's start has put it back to what it does by itself, perhaps after this was done.
    const auto by_itself = of.disabled.contains(app) ? state::off : state::on;
    if (across_start && is != by_itself)
      is = state::either;
  }
}

void expected_services::done(const operation& op, bool is_active, bool across_start) {
  if (op.verb == "remove") {
    snaps_.erase(op.snap);
    return;
  }
  if (op.verb == "install") {
    auto& added = snaps_[op.snap] = {};
    for (const auto& app : op.info->apps)
      if (app.is_service()) {
        added.services[app.name] = state::off;
        if (app.refresh_mode == "endure")
          added.enduring.insert(app.name);
      }
  }
  auto& of = snaps_[op.snap];
  if (is_about_services(op.verb))
    control(of, op, across_start);
  else if (op.verb == "disable")
    for (auto& [app, is] : of.services)
      is = state::off;
  else if (op.verb == "install" || op.verb == "enable" || op.verb == "refresh" || op.verb == "revert")
    start_all(of);
  of.is_active = is_active;
}

void expected_services::undone(const operation& op, const std::set<std::string>& troubled,
                               bool across_start) {
  auto found = snaps_.find(op.snap);
  if (found == snaps_.end() || !found->second.is_active)
    return;
  auto& of = found->second;
  for (auto& [app, is] : of.services)
    if (troubled.contains(app))
      is = state::either;
  if (across_start && is_about_services(op.verb))
    for (const auto& app : named(of, op))
      of.services.at(app) = state::either;
}

void expected_services::daemon_started(const std::vector<operation>& amid) {
  std::set<std::string> busy;
  for (const auto& op : amid)
    busy.insert(op.snap);
  for (auto& [name, of] : snaps_) {
    if (!of.is_active)
      continue;
    for (auto& [app, is] : of.services) {
      const auto by_itself = of.disabled.contains(app) ? state::off : state::on;
      // What was stopped or started by hand may be so again, where the operation puts it back.
      is = !busy.contains(name) || is == by_itself ? by_itself : state::either;
    }
  }
}

expected_services::state expected_services::of(const std::string& snap, const std::string& app) const {
  auto found = snaps_.find(snap);
  if (found == snaps_.end() || !found->second.services.contains(app))
    return state::off;
  return found->second.services.at(app);
}

std::string expected_services::difference(const snap_state& is) const {
  auto found = snaps_.find(is.name);
  const std::set<std::string> disabled{is.disabled_services.begin(), is.disabled_services.end()};
  return found != snaps_.end() && found->second.disabled != disabled ? "has other disabled services"
                                                                     : "";
}

std::set<std::string> expected_services::wanted() const {
  std::set<std::string> names;
  for (const auto& [name, of] : snaps_)
    for (const auto& [app, is] : of.services)
      if (is == state::on)
        names.insert(name + "." + app);
  return names;
}

} // namespace troupe::sim
