#pragma once

#include <string>

#include "runtime/tasks/task_context.hpp"

namespace troupe::tasks {

/// Takes a revision's mount, mount point and image off the host, and the snap's folder with its last
/// one.
void remove_revision_files(task_context& context);

/// Which data directories of the revision are there, for the undo of copy-snap-data.
json::object existing_data(task_context& context);

/// Points the `current` links at a revision, whose data directories are made with it.
void make_current_links(task_context& context, revision rev);

/// Takes the `current` links away: what is started by a launcher finds no revision then.
void remove_current_links(task_context& context);

/// Puts launchers in snap/bin for the applications of `to` in place of those of `from`; nullptr: of
/// none.
void change_launchers(task_context& context, const snap_info* from, const snap_info* to);

} // namespace troupe::tasks
