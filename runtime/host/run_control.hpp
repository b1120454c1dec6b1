#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/process.hpp"

namespace troupe::host {

/// Which applications and hooks of snaps run, and whether new ones may start. Services and applications
/// that are refreshed while they run (`refresh-mode: ignore-running`) are left out. Every operation may
/// be done twice, from any thread, and throws troupe::failure.
/// Source: the seed on refreshes while applications run; the launcher, cli/run, is the other side.
class run_control {
public:
  /// Ends the watch that it stands for.
  class watch {
  public:
    virtual ~watch() = default;
  };

  /// Why a snap couldn't be inhibited.
  struct answer {
    bool inhibited = false;
    /// What runs; with `inhibited` false and nothing here, one is just being started.
    std::vector<snap_process> running{};
  };

  virtual ~run_control() = default;

  /// How the end of a snap's last process is noticed, for instance "cgroup2".
  virtual std::string_view backend() const = 0;

  /// Lets launchers of this snap be tracked.
  virtual void open(const std::string& snap) = 0;

  /// Forgets a snap that has no launchers any more.
  virtual void close(const std::string& snap) = 0;

  virtual std::vector<snap_process> running(const std::string& snap) = 0;

  /// Calls `changed` from a thread of its own whenever something of the snap may have ended, and now and
  /// then when nothing has. It isn't called any more once the watch has gone.
  virtual std::unique_ptr<watch> follow(const std::string& snap, std::function<void()> changed) = 0;

  /// Lets new launchers of the snap wait.
  virtual void inhibit(const std::string& snap) = 0;

  /// The same if nothing of the snap runs: no launcher slips in between the look and the mark.
  virtual answer inhibit_if_vacant(const std::string& snap) = 0;

  /// Lets launchers go on.
  virtual void allow(const std::string& snap) = 0;

  /// The snaps whose launchers wait, sorted.
  virtual std::vector<std::string> inhibited() = 0;
};

} // namespace troupe::host
