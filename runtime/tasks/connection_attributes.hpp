#pragma once

#include "messages/connection.hpp"
#include "runtime/json/json.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// The dynamic attributes of both ends of a connection.
struct connection_attributes {
  json::object plug;
  json::object slot;
};

/// Which connection a task is about, from its set-up.
connection_ref connection_in(const task_context& context);

/// The attributes as they are before the task: those that the hooks before it have set, or those that
/// the connection had before the change.
connection_attributes attributes_before(const task_context& context);

/// The same once a hook of one end has said this; null: nothing.
connection_attributes attributes_after(const task_context& context, const hook_words* said);

/// What a hook may know of its connection and do with it; nothing where one of both ends isn't there.
std::optional<hook_connection> hook_connection_of(const task_context& context, const wiring& wires);

/// What a task hands on to the next one of the same connection.
json::object to_memo(const connection_ref& ref, const connection_attributes& attributes);

} // namespace troupe
