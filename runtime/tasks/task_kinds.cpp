#include "runtime/tasks/task_kinds.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// Interfaces, aliases and profiles have nothing to act on yet: no connection, alias or profile exists
// that these kinds could make or take away, so doing nothing is all of their work.
outcome nothing_to_do(task_context&) { return done(); }

using namespace tasks;

constexpr std::array kinds{
    task_kind{"prerequisites", workplace::lane, perform_prerequisites, nullptr, true},
    task_kind{"prepare-snap", workplace::effects, perform_prepare_snap, nullptr},
    task_kind{"mount-snap", workplace::effects, perform_mount_snap, undo_mount_snap},
    task_kind{"copy-snap-data", workplace::copies, perform_copy_snap_data, undo_copy_snap_data},
    task_kind{"setup-profiles", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"remove-profiles", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"link-snap", workplace::effects, perform_link_snap, undo_link_snap},
    task_kind{"unlink-snap", workplace::effects, perform_unlink_snap, undo_unlink_snap},
    task_kind{"auto-connect", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"auto-disconnect", workplace::lane, nothing_to_do, nullptr},
    task_kind{"set-auto-aliases", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"setup-aliases", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"remove-aliases", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"run-hook", workplace::hooks, perform_run_hook, undo_run_hook},
    task_kind{"start-snap-services", workplace::lane, perform_start_services, nothing_to_do},
    task_kind{"stop-snap-services", workplace::lane, nothing_to_do, nothing_to_do},
    task_kind{"clear-snap", workplace::copies, perform_clear_snap, nullptr},
    task_kind{"discard-snap", workplace::effects, perform_discard_snap, nullptr},
};

} // namespace

std::span<const task_kind> task_kinds() { return kinds; }

const task_kind* find_task_kind(std::string_view name) {
  const auto* found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : found;
}

} // namespace troupe
