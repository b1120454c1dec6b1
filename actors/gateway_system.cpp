#include <sys/utsname.h>

#include "actors/gateway_ask.hpp"
#include "runtime/host/os_release.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/snap/architecture.hpp"
#include "runtime/version.hpp"

namespace troupe {

namespace {

std::string kernel_version() {
  utsname names{};
  return uname(&names) == 0 ? names.release : "unknown";
}

/// Who holds what, those that are over left out.
json::array holds_resource(const std::vector<refresh_hold>& holds, time_point now) {
  json::array result;
  for (const auto& hold : holds)
    if (!hold.until || *hold.until > now)
      result.push_back(json::object{{"snap", hold.snap},
                                    {"level", to_word(hold.level)},
                                    {"holder", holder_text(hold)},
                                    {"reason", hold.reason},
                                    {"text", hold_text(hold)}});
  return result;
}

/// The times of refreshes; those that there aren't are left out.
json::object refresh_resource(const refresh_times& refreshes, const std::vector<refresh_hold>& holds,
                              time_point now) {
  json::object result{{"timer", refreshes.timer},
                      {"next", to_rfc3339(refreshes.next)},
                      {"holds", holds_resource(holds, now)}};
  if (is_set(refreshes.last))
    result["last"] = to_rfc3339(refreshes.last);
  if (auto on_all = holds_on(holds, {}, refresh_cause::automatic, now); !on_all.empty())
    result["hold"] = to_rfc3339(on_all.front().until.value_or(time_point::max()));
  return result;
}

/// What of profiles is enforced, by the words of the peer: never "strict", which promises AppArmor's
/// rules too.
json::object confinement_resource(const std::vector<host::facility>& facilities) {
  json::object features{{"confinement-options", json::array{"classic", "devmode"}}};
  for (const auto& [by, feature] :
       {std::pair{"seccomp", "argument-filtering"}, std::pair{"mount namespace", "own-root"},
        std::pair{"landlock", "files"}})
    if (std::ranges::find(facilities, by, &host::facility::chosen) != facilities.end())
      features[by] = json::array{feature};
  return features;
}

json::object system_resource(const layout& paths, json::object refresh, json::object features) {
  const auto is_enforced = features.size() > 1;
  return json::object{{"series", "16"},
                      {"version", version},
                      {"build-id", std::string{"troupe-"} + version},
                      {"os-release", json::object{{"id", host::os_release("ID", "linux")},
                                                  {"version-id", host::os_release("VERSION_ID", "")}}},
                      {"on-classic", true},
                      {"managed", false},
                      {"kernel-version", kernel_version()},
                      {"architecture", host_architecture()},
                      {"confinement", is_enforced ? "partial" : "none"},
                      {"system-mode", "run"},
                      {"locations", json::object{{"snap-mount-dir", (paths.root() / "snap").string()},
                                                 {"snap-bin-dir", paths.bin_dir().string()}}},
                      {"refresh", std::move(refresh)},
                      {"sandbox-features", std::move(features)}};
}

} // namespace

void gateway::system_info(const exchange_ptr& what, const std::string&) {
  auto refused = [what](const caf::error& why) { what->reply(error(to_failure(why))); };
  request(refresher_, limits::actor_request, get_refresh_times{})
      .then(
          [this, what](const refresh_times& refreshes) {
            ask<system_settings_ptr>(
                what, with_->settings, get_settings{},
                [refreshes, host = with_->host,
                 features = confinement_resource(facilities_)](const system_settings_ptr& settings) {
                  return sync(system_resource(
                      host->paths,
                      refresh_resource(refreshes, settings->all_holds(), host->os.clock->now()),
                      features));
                });
          },
          refused);
}

void gateway::facilities(const exchange_ptr& what, const std::string&) {
  json::array all;
  for (const auto& facility : facilities_) {
    json::array rejected;
    for (const auto& [name, why] : facility.rejected)
      rejected.push_back(json::object{{"name", name}, {"why", why}});
    all.push_back(json::object{{"name", facility.name},
                               {"chosen", facility.chosen},
                               {"detail", facility.detail},
                               {"rejected", std::move(rejected)}});
  }
  what->reply(sync(json::object{{"facilities", std::move(all)}}));
}

void gateway::actors(const exchange_ptr& what, const std::string&) {
  ask<actor_list>(what, with_->inspector, list_actors{}, [](const actor_list& list) {
    json::array all;
    for (const auto& a : list)
      all.push_back(json::object{{"name", a.name},
                                 {"id", a.id},
                                 {"mailbox", a.mailbox},
                                 {"processed", a.processed},
                                 {"busy_us", a.busy_us}});
    return sync(json::object{{"actors", std::move(all)}});
  });
}

void gateway::events(const exchange_ptr& what, const std::string&) {
  ask<event_list>(what, with_->inspector, list_events{},
                  [](const event_list& list) { return sync(json::array(list.begin(), list.end())); });
}

// --- what the snap client asks for although nothing of it exists here
// -----------------------------------

void gateway::nothing_yet(const exchange_ptr& what, const std::string&) {
  what->reply(sync(json::array{}));
}

} // namespace troupe
