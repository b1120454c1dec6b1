#pragma once

#include <filesystem>

#include "runtime/host/process_groups.hpp"

namespace troupe::host {

/// Groups in the unified hierarchy, cgroup v2. Plain files: libcgroup 2.0 reaches only those controllers
/// of it that no other hierarchy has.
class cgroup2_groups : public process_groups {
public:
  /// `directory` is where groups are made, and is made itself. `mark` is what tells processes of this
  /// root from those of others.
  cgroup2_groups(std::filesystem::path directory, std::string mark);

  std::string_view backend() const override { return "cgroup2"; }
  void make(const std::string& group, bool open) override;
  void enter(const std::string& group, pid_t process) override;
  std::map<std::string, std::string> marks(const std::string& group) const override;
  std::vector<pid_t> members(const std::string& group) override;
  bool kill(const std::string& group) override;
  void remove(const std::string& group) override;

  /// A file that tells by POLLPRI that a group has become empty or no longer is.
  std::filesystem::path events_file(const std::string& group) const;

private:
  std::filesystem::path directory_;
  std::string mark_;
};

/// Where the unified hierarchy is mounted; empty where it isn't.
std::filesystem::path cgroup2_mount();

} // namespace troupe::host
