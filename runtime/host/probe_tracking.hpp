#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "runtime/host/facility.hpp"
#include "runtime/host/process_groups.hpp"
#include "runtime/host/release_agent.hpp"
#include "runtime/host/run_control.hpp"

namespace troupe::host {

struct tracking_probe {
  std::filesystem::path root;         ///< Canonical: processes of this root are known by it.
  std::filesystem::path directory;    ///< Of run control; made if missing, for all users to write.
  std::filesystem::path agent;        ///< The release agent, which lies beside a link `runctl` to that.
  std::filesystem::path former_agent; ///< Where the name of the former release agent is kept.
  /// A way of tracking to try only that; empty for the first that works.
  std::string forced;
};

struct probed_tracking {
  std::shared_ptr<process_groups> groups;
  std::shared_ptr<release_agent> agent; ///< Registered for as long as this is there; or null.
  std::shared_ptr<run_control> control;
  facility tracking;
};

/// Under which name a root's groups are made among those of other roots; the host's own root needs none.
std::string group_prefix(const std::filesystem::path& root);

/// Chooses how it is noticed on this host that a snap's last process has ended, by trying it with a
/// process of its own, in the order cgroup2, freezer-agent, freezer-procs, subreaper; and tells
/// launchers of it. To be called while the daemon has one thread. Throws troupe::failure where what is
/// forced doesn't work.
probed_tracking probe_tracking(const tracking_probe& probe);

} // namespace troupe::host
