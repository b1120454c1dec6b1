#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/crash/crash_points.hpp"
#include "tests/crash/plans.hpp"
#include "tests/crash/root_digest.hpp"
#include "tests/crash/snap_shelf.hpp"
#include "tests/support/running_daemon.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::crash {

/// What is wrong, a sentence each; empty: nothing.
using faults = std::vector<std::string>;

/// A change as a daemon tells it.
struct told_change {
  std::string id;
  std::string kind;
  std::string status;
  std::vector<std::string> snaps;
  bool ready = false;
  std::string text; ///< All of it, for a report.
};

/// A temporary root on a file system in memory of its own; it is unmounted with the rest.
struct disk_root : test::temporary_root {
  /// 0 bytes: where all temporary files are. Throws failure.
  explicit disk_root(std::uint64_t bytes);
};

/// A daemon that is stopped or disturbed at chosen points, on a root of its own. It belongs to the
/// thread that makes it: the daemon dies with that.
class crash_world {
public:
  /// Throws failure, std::runtime_error.
  /// `disk_bytes`: how small a disk the root lies on; 0: on that of all temporary files.
  explicit crash_world(snap_shelf& shelf, std::uint64_t disk_bytes = 0);
  crash_world(const crash_world&) = delete;
  crash_world& operator=(const crash_world&) = delete;

private:
  snap_shelf& shelf_;
  disk_root where_;

public:
  crash_points points;
  test::running_daemon daemon;

  std::filesystem::path root() const { return where_.root(); }

  /// Starts a change and returns its id. Throws api_error where it is refused, and failure where the
  /// daemon has died. Safe to call from several threads with a client each.
  std::string ask(http_client& client, const wish& what);

  /// Starts an application of each of these and waits until it runs. Throws
  /// std::runtime_error.
  void launch(const std::vector<std::string>& snaps);

  /// Lets what was launched end once the change waits for it, has ended, or the daemon has died. Says
  /// whether one has ended before, or runs although its snap's link leads elsewhere by now.
  faults end_launched(http_client& client, const std::string& change);

  /// Waits until a change has ended and returns it. Throws failure where the daemon has died.
  told_change wait_for(http_client& client, const std::string& id) const;

  /// Does these one after the other, undisturbed.
  void fulfil(const std::vector<wish>& wishes);

  std::vector<told_change> changes() const;
  installed_snaps installed() const;

  /// How the daemon shows images.
  std::string images() const;

  /// Waits until no change is unready; says which don't end otherwise.
  faults wait_for_all() const;

  /// Ends the daemon if it still lives, starts the next one and waits until it has ended all changes.
  faults recover();

  /// How long the last recover took.
  std::chrono::microseconds recovery() const { return recovery_; }

  digest now() const { return digest_of(root(), where_.work()); }

  /// How the root and the journal differ from this, once what is removed in the background has had time
  /// to go.
  faults lasting_differences(const digest& expected) const;

  /// The digest with these snaps and nothing else.
  digest with(const installed_snaps& snaps) const;

  /// How snaps, files and journal differ from having exactly these.
  faults compare(const installed_snaps& expected) const;

  /// Removes all that is installed; what is left then.
  faults remove_all();

private:
  /// An application that was started from a revision.
  struct launched {
    std::string snap;
    std::string revision;
    std::unique_ptr<test::program> process;
  };

  std::string current_of(const std::string& snap) const;
  faults faults_of_launched() const;

  std::vector<launched> launched_;
  digest empty_;
  std::chrono::microseconds recovery_{};
};

} // namespace troupe::crash
