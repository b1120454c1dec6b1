#include "runtime/tasks/connection_attributes.hpp"

#include "messages/failure.hpp"
#include "runtime/rules/connection_json.hpp"

namespace troupe {

connection_ref connection_in(const task_context& context) {
  auto ref = connection_ref_from_text(json::string_or(context.setup, "connection"));
  if (!ref)
    throw failure{failure_kind::internal, "cannot find what to connect: the task names no connection"};
  return *ref;
}

// A task's own memo counts where it is undone.
connection_attributes attributes_before(const task_context& context) {
  const auto ref = connection_in(context);
  for (const auto* memo : {&context.memo, &context.memo_before})
    if (json::string_or(*memo, "connection") == to_string(ref))
      return {json::object_or(*memo, "plug"), json::object_or(*memo, "slot")};
  const connection* known = nullptr;
  if (context.state)
    if (auto found = context.state->connections.find(ref);
        found != context.state->connections.end() && !found->second.undesired)
      known = &found->second;
  std::optional<connection> former;
  if (!known)
    if (const auto* value = context.setup.if_contains("former"))
      if ((former = connection_from_json(*value)))
        known = &*former;
  if (!known)
    return {};
  return {json::parse_object(known->plug_attributes), json::parse_object(known->slot_attributes)};
}

connection_attributes attributes_after(const task_context& context, const hook_words* said) {
  auto attributes = attributes_before(context);
  if (said && said->attributes)
    (json::string_or(context.setup, "side") == "plug" ? attributes.plug : attributes.slot) =
        json::parse_object(*said->attributes);
  return attributes;
}

std::optional<hook_connection> hook_connection_of(const task_context& context, const wiring& wires) {
  hook_connection result;
  result.ref = connection_in(context);
  const auto* plug = wires.find(rule_side::plug, result.ref.plug);
  const auto* slot = wires.find(rule_side::slot, result.ref.slot);
  if (!plug || !slot)
    return std::nullopt;
  result.is_plug = json::string_or(context.setup, "side") == "plug";
  result.may_set =
      json::string_or(context.setup, context.job->undo ? "undo-hook" : "hook").starts_with("prepare-");
  result.plug_static = json::write(wires.book().attributes_of(rule_side::plug, *plug->endpoint));
  result.slot_static = json::write(wires.book().attributes_of(rule_side::slot, *slot->endpoint));
  const auto dynamic = attributes_before(context);
  result.plug_dynamic = json::write(dynamic.plug);
  result.slot_dynamic = json::write(dynamic.slot);
  return result;
}

json::object to_memo(const connection_ref& ref, const connection_attributes& attributes) {
  return {{"connection", to_string(ref)}, {"plug", attributes.plug}, {"slot", attributes.slot}};
}

} // namespace troupe
