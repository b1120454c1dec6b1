#pragma once

#include "messages/change.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// A planned change as the API shows it: {"kind", "summary", "lanes"}. A lane has its number, what it is
/// for, its snaps, the lanes that it waits for, and its tasks. A task says what it does and undoes
/// (null: nothing, or "irreversible"), which tasks it waits for, and in "waits" why it can't begin at
/// once: nothing, predecessor, claim, or admission, for which a lane asks before its first critical
/// task.
json::object plan_resource(const change_record& plan);

} // namespace troupe
