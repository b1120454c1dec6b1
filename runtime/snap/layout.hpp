#pragma once

#include <filesystem>
#include <string>

#include "messages/snap_state.hpp"

namespace troupe {

/// Where everything is under a root directory. Names are instance names, checked by the caller.
/// Source of the snaps' and sockets' paths: the snap client's contract, sections 1 and 6.
class layout {
public:
  using path = std::filesystem::path;

  explicit layout(path root);

  const path& root() const { return root_; }

  /// Holds one mount point for each revision, and the link `current`.
  path mount_dir(const std::string& name) const;
  path mount_point(const std::string& name, revision rev) const;
  path current_link(const std::string& name) const;

  /// Holds the launchers of every snap's applications.
  path bin_dir() const;

  /// The launcher of an application: NAME where the application has its snap's name, else NAME.APP.
  path launcher(const std::string& name, const std::string& app) const;

  /// The link to a launcher that another name of an application is.
  path alias_link(const std::string& alias) const;

  path images_dir() const;
  path image(const std::string& name, revision rev) const;

  /// Holds a snap's data of all revisions.
  path snap_data_dir(const std::string& name) const;
  path data_dir(const std::string& name, revision rev) const;

  /// What data_dir() held before a refresh to a revision that had been on the host already.
  path former_data_dir(const std::string& name, revision rev) const;
  path common_data_dir(const std::string& name) const;

  /// Holds the programs that hooks are given; with /var it is seen in every base's root.
  path tools_dir() const;

  /// What a revision's applications and hooks may do; everybody's to read, the daemon's to write.
  path profiles_dir() const;
  path profile(const std::string& name, revision rev) const;

  path state_dir() const;
  path database() const;
  path spool_dir() const;
  path snapshots_dir() const;
  /// What the kernel was to start before this program's release agent.
  path former_release_agent() const;
  path release_agent() const;
  path lock_file() const;

  /// Which stores snaps come from; the operator's to write.
  path stores_file() const;
  /// How new the stores' indexes were that were read last.
  path seen_stores() const;

  /// What a service has written: NAME.APP.log, and what was written before that in NAME.APP.log.1.
  path service_logs_dir() const;
  path service_log(const std::string& name, const std::string& app) const;

  path run_dir() const;
  path troupe_socket() const;
  path snap_socket() const;
  path snapctl_socket() const;
  /// Holds a second socket for snapctl and nothing else, so that confined programs can be shown it alone
  /// and find it again once the daemon has made it anew.
  path snapctl_dir() const;
  path confined_snapctl_socket() const;

  /// Holds the files by which the daemon and launchers tell each other what runs.
  path run_control_dir() const;

private:
  path root_;
};

} // namespace troupe
