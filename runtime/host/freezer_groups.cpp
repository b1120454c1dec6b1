#include "runtime/host/freezer_groups.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include <libcgroup.h>
#include <sys/stat.h>

#include "runtime/host/group_files.hpp"
#include "runtime/host/kill_members.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

constexpr auto controller_name = "freezer";

[[noreturn]] void refuse(const std::string& what, int code) {
  throw failure{failure_kind::internal, what + ": " + cgroup_strerror(code)};
}

void check(int code, const std::string& what) {
  if (code != 0)
    refuse(what, code);
}

struct group_deleter {
  void operator()(cgroup* group) const { cgroup_free(&group); }
};
using group_pointer = std::unique_ptr<cgroup, group_deleter>;

struct library_group {
  group_pointer group;
  cgroup_controller* controller;
};

library_group new_group(const std::string& path) {
  group_pointer group{cgroup_new_cgroup(path.c_str())};
  auto* controller = group ? cgroup_add_controller(group.get(), controller_name) : nullptr;
  if (!controller)
    throw failure{failure_kind::internal, "cannot use group \"" + path + "\": out of memory"};
  return {std::move(group), controller};
}

} // namespace

freezer_groups::freezer_groups(std::string prefix, std::string mark)
    : prefix_{std::move(prefix)}, mark_{std::move(mark)} {
  check(cgroup_init(), "cannot use control groups");
  char* mount = nullptr;
  check(cgroup_get_subsys_mount_point(controller_name, &mount), "cannot use the freezer hierarchy");
  mount_ = mount;
  std::free(mount);
  if (!std::filesystem::exists(mount_ / "release_agent"))
    throw failure{"cannot use the freezer hierarchy: it isn't mounted by itself"};
}

std::string freezer_groups::path_of(const std::string& group) const {
  return prefix_.empty() ? group : prefix_ + "/" + group;
}

void freezer_groups::make(const std::string& group, bool open) {
  const std::lock_guard guard{library_};
  const auto path = path_of(group);
  const auto what = "cannot make group \"" + path + "\"";
  auto made = new_group(path);
  check(cgroup_create_cgroup(made.group.get(), 1), what);
  auto changed = new_group(path);
  check(cgroup_add_value_string(changed.controller, "notify_on_release", open ? "1" : "0"), what);
  check(cgroup_modify_cgroup(changed.group.get()), what);
  // The kernel lets a user move only own processes.
  if (open && chmod((directory() / group / "cgroup.procs").c_str(), 0666) != 0)
    throw_errno(what);
}

void freezer_groups::enter(const std::string& group, pid_t process) {
  const std::lock_guard guard{library_};
  auto entered = new_group(path_of(group));
  check(cgroup_attach_task_pid(entered.group.get(), process),
        "cannot put process " + std::to_string(process) + " into group \"" + group + "\"");
}

std::map<std::string, std::string> freezer_groups::marks(const std::string& group) const {
  return group_marks(mark_, group);
}

std::vector<pid_t> freezer_groups::members(const std::string& group) {
  const std::lock_guard guard{library_};
  auto path = path_of(group);
  std::string controller = controller_name;
  pid_t* found = nullptr;
  int count = 0;
  const int code = cgroup_get_procs(path.data(), controller.data(), &found, &count);
  const std::unique_ptr<pid_t, decltype(&std::free)> owner{found, &std::free};
  if (code != 0 && !std::filesystem::exists(directory() / group))
    return {};
  check(code, "cannot list group \"" + path + "\"");
  return {found, found + count};
}

// A frozen process ends only when it is thawed.
bool freezer_groups::kill(const std::string& group) {
  auto thaw = [&] {
    const std::lock_guard guard{library_};
    auto thawed = new_group(path_of(group));
    if (cgroup_add_value_string(thawed.controller, "freezer.state", "THAWED") == 0)
      cgroup_modify_cgroup(thawed.group.get());
  };
  return kill_members([&] { return members(group); }, thaw);
}

void freezer_groups::remove(const std::string& group) {
  const std::lock_guard guard{library_};
  if (!std::filesystem::exists(directory() / group))
    return;
  auto removed = new_group(path_of(group));
  cgroup_delete_cgroup_ext(removed.group.get(), CGFLAG_DELETE_EMPTY_ONLY);
}

std::string freezer_groups::release_agent() const {
  std::string program;
  std::ifstream file{mount_ / "release_agent"};
  std::getline(file, program);
  return program;
}

void freezer_groups::set_release_agent(const std::string& program) {
  write_value(mount_ / "release_agent", program.empty() ? "\n" : program,
              "cannot register the release agent of the freezer hierarchy");
}

} // namespace troupe::host
