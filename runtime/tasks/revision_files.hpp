#pragma once

#include <string>

#include "runtime/tasks/task_context.hpp"

namespace troupe::tasks {

/// Takes a revision's mount, mount point and image off the host, and the snap's folder with its last
/// one.
void remove_revision_files(task_context& context);

/// Which data directories of the revision are there, for the undo of copy-snap-data.
json::object existing_data(task_context& context);

/// Points `current` at a revision and makes a launcher in snap/bin for each of its applications.
void link_revision_files(task_context& context, const snap_info& info, revision rev);

/// Takes the launchers of these applications and the `current` links away.
void unlink_revision_files(task_context& context, const snap_info& info);

} // namespace troupe::tasks
