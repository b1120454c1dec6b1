#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/host/probe_tracking.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::test {

/// The ways of tracking that are asked for one by one.
inline const std::vector<std::string> tracking_ways{"cgroup2", "freezer-agent", "freezer-agent-poll",
                                                    "freezer-procs", "subreaper"};

/// Run control on a root of its own, with real processes; what is left of them is killed at the end.
class tracked_world {
public:
  explicit tracked_world(const std::string& way);
  ~tracked_world();

  host::run_control& control() { return *probed_.control; }
  host::process_groups& groups() { return *probed_.groups; }
  std::filesystem::path directory() const { return where_.root() / "run/snapd/runctl"; }

  /// Why this machine can't track in this way; empty where it can.
  const std::string& trouble() const { return trouble_; }

  /// Starts a shell command as an application of the snap, as a launcher does.
  pid_t start(const std::string& snap, const std::string& command, const std::string& app = "app");

  /// Kills one process, and reaps it if it is a child.
  static void end(pid_t process);

private:
  temporary_root where_;
  host::probed_tracking probed_;
  std::string trouble_;
  std::vector<std::string> snaps_;
};

/// Counts what a watch tells.
class told_changes {
public:
  std::function<void()> teller() {
    return [this] {
      const std::lock_guard guard{mutex_};
      ++count_;
      changed_.notify_all();
    };
  }

  /// Waits until this holds, looking whenever something was told; false after a long time.
  bool until(const std::function<bool()>& holds) {
    std::unique_lock lock{mutex_};
    for (;;) {
      const auto seen = count_;
      lock.unlock();
      if (holds())
        return true;
      lock.lock();
      if (!changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return count_ != seen; }))
        return false;
    }
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

} // namespace troupe::test
