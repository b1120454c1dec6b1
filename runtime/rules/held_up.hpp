#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/change.hpp"

namespace troupe {

/// What waits for a snap because of a task as it stands: the start of its applications, and while it is
/// between two revisions the shutdown of the host too.
enum class held_up : std::uint8_t { nothing, applications, applications_and_shutdown };

/// `tasks`: all of the task's change.
held_up held_up_by(const std::vector<task_record>& tasks, const task_record& task);

/// The snaps of a lane that something waits for because of any of its tasks; once a change has ended,
/// because an undo has failed for good.
std::vector<std::string> held_up_in(const change_record& change, lane_number lane);

} // namespace troupe
