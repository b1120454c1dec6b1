#pragma once

#include <cstddef>
#include <filesystem>

#include "messages/journal_batch.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// What a start found to be put right.
struct startup_report {
  std::size_t processes_ended = 0; ///< Of hooks and services, that a killed daemon left.
  std::size_t uploads_removed = 0; ///< Files in the spool that no unready change wants.
  std::size_t images_mounted = 0;  ///< Images that a restart of the host had unmounted.
  std::size_t snaps_held = 0;      ///< Snaps whose applications wait for an unready change.
};

/// Makes the folders of a root. Throws failure where the root can't be written.
void make_root(const host::ports& os, const layout& paths);

/// Writes what active snaps' applications and hooks may do as this version has it, where it differs, and
/// removes the profiles of revisions that aren't there.
void restore_profiles(const task_host& host, const journal_contents& contents);

/// Programs that others start.
struct tool_programs {
  std::filesystem::path snapctl;
  std::filesystem::path release_agent;
};

/// Puts the program that hooks know as snapctl, and the one that the kernel starts when a group of
/// processes is empty, where they find them, unless they are there. They do without where that fails;
/// the log says so.
void give_tools(const host::ports& os, const layout& paths, const tool_programs& programs);

/// Brings the host to what the journal says, before any actor runs: ends hooks and services of a killed
/// daemon, removes uploads that lead nowhere, mounts installed images again. What can't be mounted is
/// logged and left. Applications of a snap wait exactly while an unready change is between wait-for-apps
/// and allow-apps, and so does a shutdown of the host; those of snaps that are waited for wait too, so
/// that their refresh comes first.
startup_report put_host_right(const host::ports& os, const layout& paths,
                              const journal_contents& contents);

} // namespace troupe
