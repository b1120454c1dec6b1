#include "runtime/confinement/probe_confinement.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/host/in_child.hpp"
#include "runtime/host/landlock.hpp"
#include "runtime/host/root_view.hpp"
#include "runtime/host/system_call_filter.hpp"

namespace troupe {

namespace {

/// As a user without privileges where that is asked for.
bool may_have_a_root(bool as_user) {
  return host::succeeds_in_child([as_user] {
    constexpr uid_t nobody = 65'534;
    // Who has changed his identity may not set up a namespace of his own unless he says so again.
    if (as_user && (setresuid(nobody, nobody, nobody) != 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0))
      return false;
    host::enter_root(
        {.base = "/", .own = {{"/tmp"}}, .shown = {{.from = "/dev/null", .to = "/dev/null"}}});
    return true;
  });
}

host::facility probe_files() {
  host::facility result{"files", "mount namespace", {}, {}};
  if (may_have_a_root(false)) {
    if (geteuid() == 0 && !may_have_a_root(true))
      result.detail = host::has_landlock() ? "users without privileges: landlock"
                                           : "users without privileges: nothing";
    return result;
  }
  result.rejected.emplace_back("mount namespace",
                               "this user may not give a process a root of its own here");
  result.chosen = "landlock";
  if (host::has_landlock())
    return result;
  result.rejected.emplace_back("landlock", "the kernel hasn't got it");
  result.chosen = "nothing";
  return result;
}

} // namespace

confinement_facilities probe_confinement() {
  confinement_facilities found{{"syscalls", "seccomp", {}, {}}, probe_files()};
  if (!host::takes_filters()) {
    found.system_calls.rejected.emplace_back("seccomp", "the kernel takes no filters");
    found.system_calls.chosen = "nothing";
  }
  return found;
}

} // namespace troupe
