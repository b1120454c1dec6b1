#include <algorithm>

#include "actors/gateway_ask.hpp"
#include "runtime/api/settings_requests.hpp"
#include "runtime/api/target.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/snap/names.hpp"

// The options of the system, and holds.

namespace troupe {

namespace {

bool is_system(const std::string& name) { return name == "system" || name == "core"; }

} // namespace

void gateway::options(const exchange_ptr& what, const std::string& name) {
  auto keys = query_list(what->what().query, "keys");
  if (is_system(name))
    return ask<system_settings_ptr>(what, with_->settings, get_settings{},
                                    [keys](const system_settings_ptr& settings) {
                                      return sync(options_resource(settings->options, keys));
                                    });
  check_instance_name(name);
  ask<snap_found>(what, director_, find_snap{name}, [name, keys](const snap_found& found) {
    if (!found.state || !found.state->is_installed())
      throw failure{failure_kind::snap_not_found, "snap \"" + name + "\" is not installed",
                    json::write(json::value(name))};
    return sync(options_resource(*found.state, keys));
  });
}

void gateway::assign_options(const exchange_ptr& what, const std::string& name) {
  auto wanted = json::parse_object(what->what().body);
  if (!is_system(name)) {
    check_instance_name(name);
    operation_request change;
    change.uid = what->what().from.uid;
    auto& snap = change.snaps.emplace_back();
    snap.verb = "configure";
    snap.snap = name;
    snap.config = json::write(wanted);
    return begin(what, std::move(change));
  }
  change_settings(what, [wanted](const system_settings& settings, time_point) {
    return set_options(settings, wanted);
  });
}

void gateway::hold(const exchange_ptr& what, const json::object& body,
                   const std::vector<std::string>& names) {
  auto wanted = hold_request_of(body, names);
  if (json::string_or(body, "action") == "unhold")
    return change_settings(what, [wanted](const system_settings& settings, time_point) {
      return lift_holds(settings, wanted.snaps);
    });
  request(director_, limits::actor_request, list_snaps{})
      .then(
          [this, what, wanted](const snap_list& list) {
            for (const auto& name : wanted.snaps)
              if (std::ranges::none_of(list, [&](const auto& state) { return state->name == name; }))
                return what->reply(
                    error({failure_kind::snap_not_installed,
                           "cannot hold refreshes of snap \"" + name + "\": it is not installed"}));
            change_settings(what, [wanted](const system_settings& settings, time_point now) {
              return hold_refreshes(settings, wanted, now);
            });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

void gateway::change_settings(
    const exchange_ptr& what,
    std::function<settings_change(const system_settings&, time_point)> change) {
  request(with_->settings, limits::actor_request, get_settings{})
      .then(
          [this, what, change = std::move(change)](const system_settings_ptr& settings) {
            operation_request wanted;
            wanted.uid = what->what().from.uid;
            try {
              wanted.settings = change(*settings, with_->host->os.clock->now());
            } catch (const failure& why) {
              return what->reply(error(why));
            }
            begin(what, std::move(wanted));
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

} // namespace troupe
