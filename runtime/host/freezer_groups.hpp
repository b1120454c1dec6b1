#pragma once

#include <filesystem>
#include <mutex>

#include "runtime/host/process_groups.hpp"

namespace troupe::host {

/// Groups in the freezer hierarchy, cgroup v1, by libcgroup.
class freezer_groups : public process_groups {
public:
  /// Groups are made below `prefix` in the hierarchy, or at its root where that is empty. `mark` is what
  /// tells processes of this root from those of others. Throws troupe::failure where the hierarchy can't
  /// be used.
  freezer_groups(std::string prefix, std::string mark);

  std::string_view backend() const override { return "freezer"; }
  void make(const std::string& group, bool open) override;
  void enter(const std::string& group, pid_t process) override;
  std::map<std::string, std::string> marks(const std::string& group) const override;
  std::vector<pid_t> members(const std::string& group) override;
  bool kill(const std::string& group) override;
  void remove(const std::string& group) override;

  /// Where the hierarchy is mounted.
  const std::filesystem::path& mount() const { return mount_; }

  /// Where groups are, for launchers.
  std::filesystem::path directory() const { return mount_ / prefix_; }

  /// The program that the kernel starts when a group has become empty; empty: none.
  std::string release_agent() const;
  void set_release_agent(const std::string& program);

private:
  std::string path_of(const std::string& group) const;

  std::string prefix_;
  std::string mark_;
  std::filesystem::path mount_;
  std::mutex library_; ///< libcgroup may be in one thread only.
};

} // namespace troupe::host
