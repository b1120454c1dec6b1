#include "messages/failure.hpp"
#include "runtime/rules/connection_json.hpp"
#include "runtime/rules/connection_tasks.hpp"
#include "runtime/tasks/added_tasks.hpp"
#include "runtime/tasks/connection_attributes.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

lane_key lane_of(const task_context& context) {
  return {context.job->change, context.job->task.lanes.front()};
}

/// The metadata of the snaps at both ends, whose hooks can run; null for the system.
planned_connection planned(const wiring& wires, const connection_ref& ref) {
  planned_connection what{ref};
  what.was_there = wires.is_connected(ref);
  if (const auto* known = wires.remembered(ref))
    what.former = *known;
  const auto info_of = [&](rule_side side, const endpoint_name& name) -> snap_info_ptr {
    const auto* end = wires.find(side, name);
    return end && name.snap != system_snap ? end->snap : nullptr;
  };
  what.plug = info_of(rule_side::plug, ref.plug);
  what.slot = info_of(rule_side::slot, ref.slot);
  return what;
}

using updates = std::vector<std::pair<std::string, snap_update>>;

/// At both ends; the system remembers nothing.
updates updates_of(const connection_ref& ref, const std::optional<connection>& to) {
  updates result{{ref.plug.snap, set_connection{ref, to}}};
  if (ref.slot.snap != system_snap && ref.slot.snap != ref.plug.snap)
    result.emplace_back(ref.slot.snap, set_connection{ref, to});
  return result;
}

std::optional<connection> former_in(const task_context& context) {
  const auto* former = context.setup.if_contains("former");
  return former ? connection_from_json(*former) : std::nullopt;
}

} // namespace

// What was possible and isn't made stays in the journal with the reason.
outcome perform_auto_connect(task_context& context) {
  auto& wires = *context.wires;
  std::vector<planned_connection> made;
  json::array refused;
  for (const auto& choice : wires.choices_for(context.op().snap)) {
    if (choice.is_made) {
      made.push_back(planned(wires, choice.ref));
      wires.promise(choice.ref, lane_of(context));
    } else if (choice.is_allowed) {
      refused.push_back(json::object{{"connection", to_string(choice.ref)}, {"why", choice.why_not}});
      context.log.push_back("INFO not connected by itself: " + to_string(choice.ref) + ": " +
                            choice.why_not);
    }
  }
  outcomes::done result;
  result.memo = json::write(json::object{{"refused", std::move(refused)}});
  if (!made.empty())
    result.then =
        added_tasks_of(context, [&](task_chain& chain) { add_connect_tasks(chain, made, true); });
  return {std::move(result), {}};
}

// What has been connected to a snap since its install, by others that were let in after it, goes with
// it.
outcome undo_auto_connect(task_context& context) {
  context.wires->break_promises(lane_of(context));
  outcomes::done result;
  if (context.op().verb != "install" || !context.state)
    return {std::move(result), {}};
  for (const auto& [ref, known] : context.state->connections) {
    for (auto& update : updates_of(ref, std::nullopt))
      result.updates.push_back(std::move(update));
    context.log.push_back("INFO disconnected, as the snap goes: " + to_string(ref));
  }
  return {std::move(result), {}};
}

// What the snap only remembers has no hooks to run.
outcome perform_auto_disconnect(task_context& context) {
  std::vector<planned_connection> all;
  for (const auto& [ref, known] : context.state->connections) {
    auto what = planned(*context.wires, ref);
    what.former = known;
    if (!what.was_there)
      what.plug = what.slot = nullptr;
    all.push_back(std::move(what));
  }
  outcomes::done result;
  if (!all.empty())
    result.then = added_tasks_of(
        context, [&](task_chain& chain) { add_disconnect_tasks(chain, all, disconnection::forgotten); });
  return {std::move(result), {}};
}

outcome perform_connect(task_context& context) {
  const auto ref = connection_in(context);
  const auto former = former_in(context);
  if (former && !former->undesired && context.wires->is_connected(ref)) {
    context.log.push_back("INFO connected already");
    return done();
  }
  const auto attributes = attributes_before(context);
  auto made = context.wires->connect(ref, json::bool_or(context.setup, "automatic"),
                                     json::write(attributes.plug), json::write(attributes.slot));
  return {outcomes::done{updates_of(ref, made), json::write(to_memo(ref, attributes))}, {}};
}

outcome perform_disconnect(task_context& context) {
  const auto ref = connection_in(context);
  auto left = former_in(context);
  if (!left)
    return done();
  if (json::bool_or(context.setup, "forget") || !left->automatic)
    left.reset();
  else
    left = connection{left->interface, true, true};
  return {outcomes::done{updates_of(ref, left)}, {}};
}

outcome undo_change_of_connection(task_context& context) {
  return {outcomes::done{updates_of(connection_in(context), former_in(context))}, {}};
}

} // namespace troupe::tasks
