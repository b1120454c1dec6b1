#include "actors/gateway_ask.hpp"
#include "runtime/api/interface_resources.hpp"
#include "runtime/api/snap_requests.hpp"

// Plugs, slots and connections.

namespace troupe {

namespace {

using look = std::function<void(wiring&)>;

use_wiring question(look use) { return {std::make_shared<const look>(std::move(use))}; }

} // namespace

void gateway::show_wiring(const exchange_ptr& what, std::function<json::value(const wiring&)> render) {
  auto shown = std::make_shared<json::value>();
  ask<wiring_used>(
      what, with_->switchboard,
      question([shown, render = std::move(render)](const wiring& wires) { *shown = render(wires); }),
      [shown](wiring_used) { return sync(std::move(*shown)); });
}

void gateway::connections(const exchange_ptr& what, const std::string&) {
  show_wiring(what, [query = what->what().query](const wiring& wires) {
    return connections_resource(wires, query);
  });
}

void gateway::unconnected(const exchange_ptr& what, const std::string&) {
  show_wiring(what, [query = what->what().query](const wiring& wires) {
    return unconnected_resource(wires, query);
  });
}

void gateway::interfaces(const exchange_ptr& what, const std::string&) {
  show_wiring(what, [query = what->what().query](const wiring& wires) {
    return interfaces_resource(wires, query);
  });
}

void gateway::act_on_interfaces(const exchange_ptr& what, const std::string&) {
  auto body = json::parse_object(what->what().body);
  auto wanted = std::make_shared<operation_request>();
  auto find = [wanted, body, uid = what->what().from.uid](const wiring& wires) {
    *wanted = connection_request_of(body, wires, uid);
  };
  request(with_->switchboard, limits::actor_request, question(std::move(find)))
      .then(
          [this, what, body, wanted](wiring_used) {
            reply_failures(what, [&] {
              set_options(*wanted, "all-snaps", json::string_or(body, "conflict"));
              start_or_plan(what, body, std::move(*wanted));
            });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

} // namespace troupe
