#include "actors/gateway_ask.hpp"
#include "runtime/api/alias_requests.hpp"
#include "runtime/api/snap_requests.hpp"

namespace troupe {

void gateway::aliases(const exchange_ptr& what, const std::string&) {
  ask<snap_list>(what, director_, list_snaps{},
                 [](const snap_list& list) { return sync(aliases_resource(list)); });
}

void gateway::act_on_aliases(const exchange_ptr& what, const std::string&) {
  auto body = json::parse_object(what->what().body);
  operation_request wanted;
  wanted.uid = what->what().from.uid;
  set_options(wanted, {}, json::string_or(body, "conflict"));
  request(director_, limits::actor_request, list_snaps{})
      .then(
          [this, what, body, wanted](const snap_list& list) {
            reply_failures(what, [&] {
              auto found = wanted;
              found.snaps.push_back(alias_request_of(body, list));
              start_or_plan(what, body, std::move(found));
            });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

} // namespace troupe
