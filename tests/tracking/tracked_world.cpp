#include "tests/tracking/tracked_world.hpp"

#include <csignal>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "messages/failure.hpp"
#include "runtime/host/process_entry.hpp"
#include "runtime/host/run_control_files.hpp"
#include "tests/support/program.hpp"

namespace troupe::test {

tracked_world::tracked_world(const std::string& way) {
  const auto root = std::filesystem::canonical(where_.root());
  const auto tools = root / "var/lib/snapd/tools";
  std::filesystem::create_directories(tools);
  std::filesystem::create_directories(root / "var/lib/troupe");
  std::filesystem::copy_file(built("troupe-release-agent"), tools / "release-agent");
  std::filesystem::create_symlink(directory(), tools / "runctl");
  try {
    probed_ = host::probe_tracking(
        {root, directory(), tools / "release-agent", root / "var/lib/troupe/release-agent.former", way});
  } catch (const failure& why) {
    trouble_ = why.what();
  }
}

tracked_world::~tracked_world() {
  for (const auto& snap : snaps_) {
    groups().kill(host::group_of(snap));
    while (waitpid(-1, nullptr, WNOHANG) > 0)
      continue;
    control().close(snap);
  }
}

pid_t tracked_world::start(const std::string& snap, const std::string& command, const std::string& app) {
  control().open(snap);
  snaps_.push_back(snap);
  auto marks = groups().marks(host::group_of(snap));
  marks["TROUPE_APP"] = app;
  const pid_t child = fork();
  if (child == 0) {
    for (const auto& [name, value] : marks)
      setenv(name.c_str(), value.c_str(), 1);
    raise(SIGSTOP);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  waitpid(child, nullptr, WUNTRACED);
  groups().enter(host::group_of(snap), child);
  kill(child, SIGCONT);
  // Only from its exec on it shows the environment that it was given.
  const auto before = host::command_of(getpid());
  eventually([&] { return host::command_of(child) != before; });
  std::ofstream{host::running_file(directory(), snap)};
  return child;
}

void tracked_world::end(pid_t process) {
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}

} // namespace troupe::test
