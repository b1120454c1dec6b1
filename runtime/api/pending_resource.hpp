#pragma once

#include "runtime/json/json.hpp"
#include "runtime/rules/pending_refresh.hpp"

namespace troupe {

/// A refresh that waits for running applications: `snap`, `change`, `revision`, `version` and `channel`
/// that it brings, `from-revision` and `from-version` that it replaces, `since`, `blocks` where no
/// application can be started meanwhile, `undoes` where it goes back, and `waiting` as a task has it.
json::object pending_resource(const pending_refresh& pending);

} // namespace troupe
