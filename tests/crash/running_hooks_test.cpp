#include <algorithm>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A hook that notes each run and waits with a helper in a session of its own, which nothing but a mark
/// in its environment ties to the hook.
std::string hook_with_helper(const std::filesystem::path& notes) {
  auto file = '\'' + notes.string() + '\'';
  return "#!/bin/sh\n[ -e \"$SNAP_COMMON/go\" ] && { echo done >> " + file +
         "; exit 0; }\nsetsid sleep 600 &\necho begun >> " + file +
         "\ntouch \"$SNAP_COMMON/started\"\nwait\n";
}

} // namespace

TEST_CASE("hooks that a killed daemon left are ended with their helpers and run again") {
  TROUPE_NEEDS_ROOT();
  world w;
  const std::vector<std::string> names{"one", "two", "three"};
  auto notes = w.where.work() / "notes";
  std::vector<std::string> ids;
  for (const auto& name : names) {
    auto source = plain_snap(name);
    source.yaml += "confinement: devmode\n"; // the notes are outside
    source.hooks["configure"] = hook_with_helper(notes);
    ids.push_back(start_install(w.api, w.make_snap(source)));
  }
  for (const auto& name : names)
    REQUIRE(w.hook_started(name));
  auto of_hooks = processes_with("TROUPE_HOOK_ROOT", w.root().string());
  REQUIRE(of_hooks.size() >= names.size());

  w.daemon.kill_hard();
  for (const auto& name : names)
    w.let_hook_go(name);
  w.daemon.start();
  for (auto process : processes_with("TROUPE_HOOK_ROOT", w.root().string()))
    CHECK(std::find(of_hooks.begin(), of_hooks.end(), process) == of_hooks.end());
  for (const auto& id : ids)
    CHECK(text(wait_for_change(w.api, id), "status") == "Done");
  CHECK(read_file(notes) == "begun\nbegun\nbegun\ndone\ndone\ndone\n");
  for (const auto& name : names)
    CHECK(w.troupe({"run", name}).exit_code == 0);
  CHECK(w.troupe({"remove", "one", "two", "three"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}
