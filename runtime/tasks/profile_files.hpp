#pragma once

#include "runtime/tasks/task_context.hpp"

namespace troupe::tasks {

/// A revision whose applications and hooks are to be confined.
struct confined_revision {
  std::string snap; ///< The instance name.
  revision rev;
  const snap_info& info;
  const snap_flags& flags;
  const std::map<connection_ref, connection>& connections; ///< Of the snap.
};

/// The text of its profile's file.
std::string profile_text_of(const task_host& host, const confined_revision& what);

/// Writes it, at once in place of a former one.
void write_profile(const task_host& host, const confined_revision& what);

/// The words before the command of `app.NAME` or `hook.NAME` that have it started as its profile says.
std::vector<std::string> confined_start(const task_host& host, const std::string& snap, revision rev,
                                        const std::string& program);

void remove_profile(const task_host& host, const std::string& snap, revision rev);

} // namespace troupe::tasks
