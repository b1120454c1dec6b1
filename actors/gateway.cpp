#include "actors/gateway.hpp"

#include <array>
#include <span>
#include <string_view>

#include "actors/gateway_ask.hpp"
#include "runtime/api/access.hpp"

namespace troupe {

namespace {

using endpoint_function = void (gateway::*)(const exchange_ptr&, const std::string&);

/// The segment of a path that "*" stands for names a thing.
struct endpoint {
  std::string_view method;
  std::string_view path;
  access_level access;
  endpoint_function run;
};

constexpr std::array endpoints{
    endpoint{"GET", "/v2/system-info", access_level::open, &gateway::system_info},
    endpoint{"GET", "/v2/snaps", access_level::open, &gateway::snaps},
    endpoint{"POST", "/v2/snaps", access_level::authenticated, &gateway::install_files},
    endpoint{"GET", "/v2/snaps/*", access_level::open, &gateway::snap},
    endpoint{"POST", "/v2/snaps/*", access_level::authenticated, &gateway::operate_on_snap},
    endpoint{"GET", "/v2/snaps/*/conf", access_level::authenticated, &gateway::options},
    endpoint{"PUT", "/v2/snaps/*/conf", access_level::authenticated, &gateway::assign_options},
    endpoint{"GET", "/v2/apps", access_level::open, &gateway::apps},
    endpoint{"POST", "/v2/apps", access_level::authenticated, &gateway::act_on_apps},
    endpoint{"GET", "/v2/logs", access_level::authenticated, &gateway::logs},
    endpoint{"GET", "/v2/changes", access_level::open, &gateway::changes},
    endpoint{"GET", "/v2/changes/*", access_level::open, &gateway::change},
    endpoint{"POST", "/v2/changes/*", access_level::authenticated, &gateway::act_on_change},
    endpoint{"GET", "/v2/find", access_level::open, &gateway::find_in_store},
    endpoint{"GET", "/v2/sections", access_level::open, &gateway::nothing_yet},
    endpoint{"GET", "/v2/interfaces", access_level::open, &gateway::interfaces},
    endpoint{"POST", "/v2/interfaces", access_level::authenticated, &gateway::act_on_interfaces},
    endpoint{"GET", "/v2/notices", access_level::open, &gateway::notices},
    endpoint{"GET", "/v2/notices/*", access_level::open, &gateway::notice},
    endpoint{"GET", "/v2/warnings", access_level::open, &gateway::warnings},
    endpoint{"POST", "/v2/warnings", access_level::authenticated, &gateway::act_on_warnings},
    endpoint{"GET", "/v2/snapshots", access_level::open, &gateway::stored_snapshots},
    endpoint{"POST", "/v2/snapshots", access_level::authenticated, &gateway::act_on_snapshots},
    endpoint{"GET", "/v2/connections", access_level::open, &gateway::connections},
    endpoint{"GET", "/v2/aliases", access_level::open, &gateway::aliases},
    endpoint{"POST", "/v2/aliases", access_level::authenticated, &gateway::act_on_aliases},
    endpoint{"GET", "/v2/troupe/facilities", access_level::open, &gateway::facilities},
    endpoint{"GET", "/v2/troupe/actors", access_level::open, &gateway::actors},
    endpoint{"GET", "/v2/troupe/events", access_level::open, &gateway::events},
    endpoint{"GET", "/v2/troupe/unconnected", access_level::open, &gateway::unconnected},
    endpoint{"GET", "/v2/troupe/why", access_level::open, &gateway::why},
    endpoint{"GET", "/v2/troupe/pending", access_level::open, &gateway::pending},
    endpoint{"GET", "/v2/troupe/history", access_level::open, &gateway::history},
    endpoint{"POST", "/v2/snapctl", access_level::snap, &gateway::snapctl},
};

/// What "*" stands for, empty where there is none; nothing where the path doesn't match.
std::optional<std::string_view> thing_in(std::string_view path, std::string_view pattern) {
  auto star = pattern.find('*');
  if (star == pattern.npos)
    return pattern == path ? std::optional{std::string_view{}} : std::nullopt;
  auto after = pattern.substr(star + 1);
  if (path.size() <= pattern.size() - 1 || !path.starts_with(pattern.substr(0, star)) ||
      !path.ends_with(after))
    return std::nullopt;
  auto thing = path.substr(star, path.size() - star - after.size());
  return thing.find('/') == thing.npos ? std::optional{thing} : std::nullopt;
}

const endpoint& find_endpoint(const request& what) {
  auto known_path = false;
  for (const auto& candidate : endpoints) {
    if (!thing_in(what.path, candidate.path))
      continue;
    if (candidate.method == what.method)
      return candidate;
    known_path = true;
  }
  if (known_path)
    throw failure{failure_kind::method_not_allowed,
                  "cannot " + what.method + " \"" + what.path + "\": method not allowed"};
  throw failure{failure_kind::not_found, "cannot find \"" + what.path + "\": no such endpoint"};
}

} // namespace

void screen_request(const request& what) { check_access(find_endpoint(what).access, what.from); }

gateway::gateway(caf::actor_config& config, director_actor director, refresher_actor refresher,
                 std::vector<host::facility> facilities, company_ptr with)
    : actor_base{config, "gateway", with->inspector},
      director_{std::move(director)},
      refresher_{std::move(refresher)},
      facilities_{std::move(facilities)},
      with_{std::move(with)} {}

gateway::behavior_type gateway::make_behavior() {
  return {[this](const http_request& incoming) { route(incoming.what); }};
}

void gateway::route(const exchange_ptr& what) {
  try {
    const auto& asked = what->what();
    const auto& endpoint = find_endpoint(asked);
    (this->*endpoint.run)(what, std::string{*thing_in(asked.path, endpoint.path)});
  } catch (const failure& why) {
    what->reply(error(why));
  } catch (const std::exception& why) {
    what->reply(error({failure_kind::internal, why.what()}));
  }
}

// The snap client tells its user of new warnings after any command, from whichever answer came last. To
// ask for their number each time costs a message, and no copy of it can be out of date.
void gateway::reply_with_warnings(const exchange_ptr& what, troupe::response answer) {
  auto reply = std::make_shared<troupe::response>(std::move(answer));
  request(with_->notices, limits::actor_request, get_warning_count{})
      .then(
          [what, reply](const warning_count& pending) {
            what->reply(with_warnings(std::move(*reply), pending.count, pending.newest));
          },
          [what, reply](const caf::error&) { what->reply(std::move(*reply)); });
}

} // namespace troupe
