#include "runtime/host/probe_tracking.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "messages/failure.hpp"
#include "runtime/host/cgroup2_groups.hpp"
#include "runtime/host/freezer_groups.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/real_run_control.hpp"
#include "runtime/host/run_control_files.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

constexpr auto trial_snap = "troupe-probe";

/// A process that does nothing until it is killed.
class idle_process {
public:
  idle_process() : process_{fork()} {
    if (process_ < 0)
      throw_errno("cannot fork");
    for (; process_ == 0;)
      pause();
  }
  ~idle_process() { end(); }
  idle_process(const idle_process&) = delete;
  idle_process& operator=(const idle_process&) = delete;

  pid_t number() const { return process_; }
  void end() {
    if (process_ <= 0)
      return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }

private:
  pid_t process_;
};

void try_groups(process_groups& groups, idle_process& process) {
  const auto group = group_of(trial_snap);
  groups.make(group, true);
  groups.enter(group, process.number());
  const auto members = groups.members(group);
  if (std::ranges::find(members, process.number()) == members.end())
    throw failure{"a process doesn't stay in its group"};
}

/// Whether the agent is started when a group becomes empty.
void try_agent(freezer_groups& groups, const std::filesystem::path& directory) {
  const auto marker = running_file(directory, trial_snap);
  std::error_code code;
  std::filesystem::remove_all(marker, code);
  write_own_file(marker, {});
  idle_process process;
  try_groups(groups, process);
  process.end();
  const auto deadline = std::chrono::steady_clock::now() + limits::release_agent_trial;
  while (std::filesystem::exists(marker))
    if (std::chrono::steady_clock::now() > deadline) {
      std::filesystem::remove(marker);
      throw failure{"the kernel doesn't start the release agent"};
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

/// One way after the other, until one works.
class trial {
public:
  explicit trial(const tracking_probe& probe) : probe_{probe}, mark_{probe.root.string()} {}

  void use(probed_tracking& into, tracking way) {
    switch (way) {
    case tracking::cgroup2:
      return use_cgroup2(into);
    case tracking::freezer_agent:
    case tracking::freezer_agent_poll:
      return use_agent(into);
    case tracking::freezer_procs:
      return use_freezer(into);
    case tracking::subreaper:
      into.groups = std::make_shared<marked_groups>(mark_);
      choice_ = {{}, mark_};
    }
  }

  const tracking_choice& choice() const { return choice_; }

private:
  void use_cgroup2(probed_tracking& into) {
    const auto mount = cgroup2_mount();
    if (mount.empty())
      throw failure{"the unified hierarchy isn't mounted"};
    const auto directory = mount / group_prefix(probe_.root);
    auto groups = std::make_shared<cgroup2_groups>(directory, mark_);
    idle_process process;
    try_groups(*groups, process);
    process.end();
    groups->remove(group_of(trial_snap));
    into.groups = groups;
    choice_ = {directory, mark_};
  }

  void use_freezer(probed_tracking& into) {
    auto groups = std::make_shared<freezer_groups>(group_prefix(probe_.root), mark_);
    idle_process process;
    try_groups(*groups, process);
    process.end();
    groups->remove(group_of(trial_snap));
    into.groups = groups;
    choice_ = {groups->directory(), mark_};
  }

  void use_agent(probed_tracking& into) {
    auto groups = std::make_shared<freezer_groups>(group_prefix(probe_.root), mark_);
    auto agent = std::make_shared<release_agent>(groups, probe_.agent, probe_.former_agent);
    try_agent(*groups, probe_.directory);
    groups->remove(group_of(trial_snap));
    into.groups = groups;
    into.agent = agent;
    choice_ = {groups->directory(), mark_};
  }

  const tracking_probe& probe_;
  std::string mark_;
  tracking_choice choice_;
};

void make_directory(const std::filesystem::path& directory, mode_t mode) {
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  if (code || chmod(directory.c_str(), mode) != 0)
    throw failure{failure_kind::internal, "cannot use \"" + directory.string() + "\": " +
                                              (code ? code.message() : "its mode can't be set")};
}

/// An earlier version let any user write there.
void remove_foreign(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    struct stat status {};
    std::error_code code;
    if (lstat(entry.path().c_str(), &status) == 0 && status.st_uid != geteuid())
      std::filesystem::remove_all(entry.path(), code);
  }
}

void make_directories(const std::filesystem::path& directory) {
  constexpr mode_t for_this_user = 0755;
  constexpr mode_t for_all_users = 01777;
  make_directory(directory, for_this_user);
  remove_foreign(directory);
  make_directory(marker_directory(directory), for_all_users);
}

} // namespace

std::string group_prefix(const std::filesystem::path& root) {
  if (root == "/")
    return {};
  // FNV-1a.
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : root.string())
    hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "troupe-%08x", hash);
  return text.data();
}

probed_tracking probe_tracking(const tracking_probe& probe) {
  make_directories(probe.directory);
  constexpr std::array all{tracking::cgroup2, tracking::freezer_agent, tracking::freezer_agent_poll,
                           tracking::freezer_procs, tracking::subreaper};
  probed_tracking found;
  found.tracking.name = "tracking";
  trial trial{probe};
  for (const auto way : all) {
    const std::string word{to_word(way)};
    // Without inotify the agent's work is polled for by itself; that way is for those who want it.
    if (probe.forced.empty() ? way == tracking::freezer_agent_poll : word != probe.forced)
      continue;
    try {
      trial.use(found, way);
      found.tracking.chosen = word;
      found.tracking.detail = probe.forced.empty() ? "" : "forced";
      write_tracking(probe.directory, trial.choice());
      found.control =
          std::make_shared<real_run_control>(probe.directory, found.groups, probe.root.string(), way);
      return found;
    } catch (const failure& why) {
      found.tracking.rejected.emplace_back(word, why.what());
    }
  }
  const auto& rejected = found.tracking.rejected;
  throw failure{"cannot track applications by " + probe.forced + ": " +
                (rejected.empty() ? "there is no such way" : rejected.front().second)};
}

} // namespace troupe::host
