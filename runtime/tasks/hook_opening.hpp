#pragma once

#include "messages/hook_context.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// What a hook that a task runs is to know, but for its connection, and what counts as said already.
/// Throws failure where its metadata isn't known.
std::pair<hook_context, hook_words> hook_opening_of(const task_context& context);

} // namespace troupe
