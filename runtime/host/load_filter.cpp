#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/host/system_call_filter.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

void load_filter(std::string_view program) {
  constexpr auto what = "cannot filter system calls";
  std::vector<sock_filter> instructions(program.size() / sizeof(sock_filter));
  if (instructions.empty() || program.size() % sizeof(sock_filter) != 0 ||
      instructions.size() > BPF_MAXINSNS)
    throw failure{std::string{what} + ": the program for it makes no sense"};
  std::memcpy(instructions.data(), program.data(), program.size());
  const sock_fprog whole{static_cast<unsigned short>(instructions.size()), instructions.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) != 0)
    throw_errno(what);
}

bool takes_filters() {
  const unsigned wanted = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &wanted) == 0;
}

} // namespace troupe::host
