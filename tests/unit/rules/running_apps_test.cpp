#include <catch2/catch.hpp>

#include "runtime/limits.hpp"
#include "runtime/rules/running_apps.hpp"

using namespace troupe;

TEST_CASE("what runs of a snap is named as the snap client's users know it") {
  const snap_process app{1, "alice", "firefox", "a", ""};
  const snap_process other{2, "bob", "sh", "b", ""};
  const snap_process hook{30, "root", "configure", "", "configure"};
  const snap_process unknown{4, "root", "sleep", "", ""};
  CHECK(running_text("X", {app, other}) == "snap \"X\" has running apps (a,b), pids: 1,2");
  CHECK(running_text("X", {app, hook}) ==
        "snap \"X\" has running apps (a) and hooks (configure), pids: 1,30");
  CHECK(running_text("X", {hook}) == "snap \"X\" has running hooks (configure), pids: 30");
  CHECK(running_text("X", {unknown}) == "snap \"X\" has running processes, pids: 4");
  CHECK(running_text("X", {}) == "snap \"X\" has an application that is just being started");
}

TEST_CASE("a list of processes names each with command and user, and counts those beyond the limit") {
  std::vector<snap_process> processes{{1, "alice", "vi", "ed", ""}, {2, "bob", "vi", "ed", ""}};
  CHECK(process_list_text(processes) == "1 (vi, user alice), 2 (vi, user bob)");
  processes.resize(limits::shown_processes + 3, processes.front());
  CHECK(process_list_text(processes).ends_with("(vi, user alice) and 3 more"));
}
