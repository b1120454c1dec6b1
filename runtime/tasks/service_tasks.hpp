#pragma once

#include <optional>

#include "messages/failure.hpp"
#include "messages/service.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// What the perform or undo of a task with workplace::services asks of the services; nothing where there
/// is nothing to ask.
std::optional<service_command> service_command_of(const task_context& context);

/// How the task has ended, with what came of that.
outcome service_outcome(const task_context& context, const service_result& result);

/// The same where it has failed and that is to be remembered; nothing otherwise.
std::optional<outcome> service_fault(const task_context& context, const failure& why);

} // namespace troupe
