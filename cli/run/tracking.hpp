#pragma once

#include <filesystem>
#include <string>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/run_control_files.hpp"

namespace troupe {

/// The launcher's side of run control; the daemon's is runtime/host/run_control.
class launch_tracking {
public:
  /// Waits while the snap is being refreshed, and says so. From here to track() or the end of this
  /// object no refresh begins. Throws failure where the daemon hasn't run yet.
  launch_tracking(std::filesystem::path directory, std::string snap);

  /// What the environment of the application has to hold.
  std::string mark() const;

  /// Lets the daemon know that this process, and all that it becomes and forks, belongs to the snap.
  /// Where it may not enter the snap's group it goes on in a child, whose end a process of its own waits
  /// for; then only the child returns.
  void track();

private:
  bool is_inhibited() const;
  void wait_until_allowed() const;
  void lock();
  bool enter_group() const;
  void write_marker() const;

  std::filesystem::path directory_;
  std::string snap_;
  host::tracking_choice choice_;
  host::file_descriptor lock_;
};

} // namespace troupe
