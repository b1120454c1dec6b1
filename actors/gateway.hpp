#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"
#include "runtime/api/exchange.hpp"
#include "runtime/host/facility.hpp"
#include "runtime/rules/pending_refresh.hpp"

namespace troupe {

struct store_view;
struct settings_change;
using exchange_ptr = std::shared_ptr<exchange>;

/// Refuses requests that no endpoint takes, and callers that may not use the one they ask for; before
/// the request's body is stored. Source: the snap client's contract, section "Access".
void screen_request(const troupe::request& what);

/// Owns the API's requests: finds the endpoint, asks other actors, renders the answer.
class gateway : public actor_base<gateway_actor> {
public:
  gateway(caf::actor_config& config, director_actor director, refresher_actor refresher,
          std::vector<host::facility> facilities, company_ptr with);

  behavior_type make_behavior() override;

  // Endpoints. Each gets the request and the part of the path that names a thing, or "".

  void system_info(const exchange_ptr& what, const std::string&);
  void facilities(const exchange_ptr& what, const std::string&);
  void actors(const exchange_ptr& what, const std::string&);
  void events(const exchange_ptr& what, const std::string&);
  void nothing_yet(const exchange_ptr& what, const std::string&);
  void find_in_store(const exchange_ptr& what, const std::string&);

  void notices(const exchange_ptr& what, const std::string&);
  void notice(const exchange_ptr& what, const std::string& id);
  void warnings(const exchange_ptr& what, const std::string&);
  void act_on_warnings(const exchange_ptr& what, const std::string&);
  void history(const exchange_ptr& what, const std::string&);

  void snaps(const exchange_ptr& what, const std::string&);
  void snap(const exchange_ptr& what, const std::string& name);
  void apps(const exchange_ptr& what, const std::string&);
  void act_on_apps(const exchange_ptr& what, const std::string&);
  void logs(const exchange_ptr& what, const std::string&);
  void options(const exchange_ptr& what, const std::string& name);
  void assign_options(const exchange_ptr& what, const std::string& name);
  void install_files(const exchange_ptr& what, const std::string&);
  void operate_on_snap(const exchange_ptr& what, const std::string& name);

  void stored_snapshots(const exchange_ptr& what, const std::string&);
  void act_on_snapshots(const exchange_ptr& what, const std::string&);

  void aliases(const exchange_ptr& what, const std::string&);
  void act_on_aliases(const exchange_ptr& what, const std::string&);

  void interfaces(const exchange_ptr& what, const std::string&);
  void act_on_interfaces(const exchange_ptr& what, const std::string&);
  void connections(const exchange_ptr& what, const std::string&);
  void unconnected(const exchange_ptr& what, const std::string&);

  void changes(const exchange_ptr& what, const std::string&);
  void change(const exchange_ptr& what, const std::string& id);
  void act_on_change(const exchange_ptr& what, const std::string& id);
  void why(const exchange_ptr& what, const std::string&);
  void pending(const exchange_ptr& what, const std::string&);

  void snapctl(const exchange_ptr& what, const std::string&);

private:
  void route(const exchange_ptr& what);
  std::string runs_on(const snap_info& info) const;
  /// Replies with what `render` makes of the installed snaps and their services that are active.
  void ask_snaps(const exchange_ptr& what,
                 std::function<troupe::response(const snap_list&, const std::set<std::string>&)> render);
  void send_logs(const exchange_ptr& what, read_service_lines wanted);
  void operate_on_snaps(const exchange_ptr& what);
  void operate(const exchange_ptr& what, const json::object& body,
               const std::vector<std::string>& names);
  /// Replies with what `render` makes of all plugs, slots and connections; what it throws is the reply.
  void show_wiring(const exchange_ptr& what, std::function<json::value(const wiring&)> render);
  /// Reads what stores offer by now, and what is installed; what `use` throws becomes the reply.
  void with_stores(const exchange_ptr& what, std::function<void(const store_view&)> use);
  /// Finds what a request wants from stores, and goes on with that.
  void fill_from_stores(const exchange_ptr& what, operation_request wanted,
                        std::function<void(operation_request)> then);
  void hold(const exchange_ptr& what, const json::object& body, const std::vector<std::string>& names);
  /// Starts the change that `change` makes of the settings as they stand.
  void change_settings(const exchange_ptr& what,
                       std::function<settings_change(const system_settings&, time_point)> change);
  void show_plan(const exchange_ptr& what, operation_request wanted);
  /// Replies with the change, and beside it with what `result` makes of its id; empty: nothing.
  void begin(const exchange_ptr& what, operation_request wanted,
             std::function<json::value(change_id)> result = {});
  void start(const exchange_ptr& what, operation_request wanted,
             std::function<json::value(change_id)> result);
  /// Begins, or shows the plan if the body says so.
  void start_or_plan(const exchange_ptr& what, const json::object& body, operation_request wanted,
                     std::function<json::value(change_id)> result = {});
  void save_snapshots(const exchange_ptr& what, const json::object& body);
  void remove_files(const std::vector<std::string>& unwanted);

  /// Carries out a command of this running hook, which has this cookie.
  void run_snapctl(const exchange_ptr& what, const std::string& cookie, const hook_context& hook,
                   const std::vector<std::string>& args);
  void tell_snap_of_connections(const exchange_ptr& what, const std::string& snap,
                                const std::vector<std::string>& args);
  void tell_snap_of_services(const exchange_ptr& what, const hook_context& hook,
                             const std::vector<std::string>& args);
  void tell_snap_of_pending(const exchange_ptr& what, const std::string& snap);
  /// Lists what is pending, and what is installed; what `use` throws becomes the reply.
  void with_pending(const exchange_ptr& what,
                    std::function<void(const std::vector<pending_refresh>&, const snap_list&)> use);

  /// Replies with a sync answer, and in it how many warnings nobody has said okay to.
  void reply_with_warnings(const exchange_ptr& what, troupe::response answer);

  /// Replies with what `render` makes of the answer, or with the error.
  template <class Answer, class Target, class Message, class Render>
  void ask(const exchange_ptr& what, const Target& target, Message message, Render render);

  director_actor director_;
  refresher_actor refresher_;
  std::vector<host::facility> facilities_;
  company_ptr with_;
};

} // namespace troupe
