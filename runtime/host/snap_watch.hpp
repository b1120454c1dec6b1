#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/host/event_loop.hpp"
#include "runtime/host/real_run_control.hpp"

namespace troupe::host {

/// Follows the processes of one snap for somebody.
class real_run_control::snap_watch : public run_control::watch {
public:
  snap_watch(real_run_control& control, std::string snap, std::function<void()> changed);
  ~snap_watch() override;

  const std::string& snap() const { return snap_; }

  /// Something may have happened; called in the loop's thread. Who is told may let this object go.
  void notice();

  /// Whether the end of a process is followed that hasn't ended yet.
  bool follows_any();

private:
  struct process {
    file_descriptor descriptor;
    std::unique_ptr<event_loop::registration> registered;
  };

  /// Shared with callbacks, of which one may let this object go while it runs.
  struct calls {
    std::recursive_mutex running; ///< Held while one runs, so that its end can be waited for.
    bool are_over = false;
  };

  /// What calls this function unless this object has gone.
  event_loop::callback guarded(std::function<void()> act);
  void follow_group();
  void follow_processes();
  bool follow_members();
  void forget(pid_t ended);

  real_run_control& control_;
  std::string snap_;
  std::function<void()> changed_;
  std::shared_ptr<calls> calls_ = std::make_shared<calls>();
  std::mutex mutex_; ///< Of the processes.
  std::map<pid_t, process> processes_;
  file_descriptor events_; ///< Of the group, under cgroup v2.
  std::unique_ptr<event_loop::registration> group_registered_;
};

} // namespace troupe::host
