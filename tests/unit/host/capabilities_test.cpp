#include <catch2/catch.hpp>

#include <sys/capability.h>
#include <unistd.h>

#include "in_child.hpp"
#include "messages/failure.hpp"
#include "runtime/host/capabilities.hpp"

using namespace troupe::host;
using namespace troupe::host::testing;

TEST_CASE("what a process executes has the capabilities that it keeps, and no others") {
  if (geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  CHECK(status_in_child([] {
          auto* own = cap_get_proc();
          const cap_value_t admin[]{CAP_SYS_ADMIN};
          if (cap_set_flag(own, CAP_INHERITABLE, 1, admin, CAP_SET) != 0 || cap_set_proc(own) != 0)
            return 1;
          keep_capabilities({"chown", "kill"});
          auto* left = cap_get_proc();
          cap_flag_value_t is_set{};
          cap_get_flag(left, CAP_SYS_ADMIN, CAP_INHERITABLE, &is_set);
          const bool holds = is_set == CAP_CLEAR && cap_get_bound(CAP_CHOWN) == 1 &&
                             cap_get_bound(CAP_KILL) == 1 && cap_get_bound(CAP_SYS_ADMIN) == 0 &&
                             cap_get_bound(CAP_SYS_PTRACE) == 0;
          return holds ? 0 : 1;
        }) == 0);
}

TEST_CASE("capabilities have the names that the kernel's manual gives them") {
  CHECK(is_capability("net_bind_service"));
  CHECK(!is_capability("net_bind"));
}
