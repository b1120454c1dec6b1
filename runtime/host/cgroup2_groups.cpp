#include "runtime/host/cgroup2_groups.hpp"

#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "runtime/host/group_files.hpp"
#include "runtime/host/kill_members.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

void make_directory(const std::filesystem::path& directory) {
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
    throw_errno("cannot make group \"" + directory.string() + "\"");
}

} // namespace

cgroup2_groups::cgroup2_groups(std::filesystem::path directory, std::string mark)
    : directory_{std::move(directory)}, mark_{std::move(mark)} {
  make_directory(directory_);
}

// Its root lets no other user move processes here, whatever the modes of files are.
void cgroup2_groups::make(const std::string& group, bool) { make_directory(directory_ / group); }

void cgroup2_groups::enter(const std::string& group, pid_t process) {
  write_value(directory_ / group / "cgroup.procs", std::to_string(process),
              "cannot put process " + std::to_string(process) + " into group \"" + group + "\"");
}

std::map<std::string, std::string> cgroup2_groups::marks(const std::string& group) const {
  return group_marks(mark_, group);
}

std::vector<pid_t> cgroup2_groups::members(const std::string& group) {
  return read_processes(directory_ / group / "cgroup.procs");
}

bool cgroup2_groups::kill(const std::string& group) {
  try {
    // Kills what forks meanwhile too; kernels before 5.14 haven't it.
    write_value(directory_ / group / "cgroup.kill", "1", "cannot kill group \"" + group + "\"");
  } catch (const failure&) {
    // One by one will do.
  }
  return kill_members([&] { return members(group); }, [] {});
}

void cgroup2_groups::remove(const std::string& group) {
  if (rmdir((directory_ / group).c_str()) != 0 && errno != ENOENT && errno != EBUSY)
    throw_errno("cannot remove group \"" + group + "\"");
}

std::filesystem::path cgroup2_groups::events_file(const std::string& group) const {
  return directory_ / group / "cgroup.events";
}

std::filesystem::path cgroup2_mount() { return mount_of_type("cgroup2"); }

} // namespace troupe::host
