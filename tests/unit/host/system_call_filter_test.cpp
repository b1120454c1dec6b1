#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <functional>

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "in_child.hpp"
#include "messages/failure.hpp"
#include "runtime/host/system_call_filter.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

/// What the program of the test needs to come to its end, with a sanitizer too.
const std::set<std::string> to_end{"exit_group", "mmap",     "munmap",         "madvise", "mprotect",
                                   "futex",      "read",     "rt_sigprocmask", "write",   "sched_yield",
                                   "openat",     "close",    "sigaltstack",    "prctl",   "getpid",
                                   "gettid",     "readlink", "rt_sigaction"};

/// What a call fails with in a child that is held to the rules, or 0.
int error_in_child(const system_call_rules& rules, const std::function<long()>& call) {
  const auto filter = filter_compiler{to_end}.compile(rules);
  return status_in_child([&] {
    load_filter(filter);
    return error_of(call());
  });
}

const system_call_rules few{{"getppid"}, {"unix"}};

} // namespace

TEST_CASE("a program makes the system calls that it is let, and no others") {
  CHECK(error_in_child(few, [] { return syscall(SYS_getppid); }) == 0);
  CHECK(error_in_child(few, [] { return syscall(SYS_getpgrp); }) == EPERM);
  CHECK(error_in_child(few, [] { return syscall(SYS_mount, 0, 0, 0, 0, 0); }) == EPERM);
}

TEST_CASE("a call that nobody knows isn't there") {
  CHECK(error_in_child(few, [] { return syscall(599); }) == ENOSYS);
}

TEST_CASE("a program makes sockets of the families that it is let, and of no others") {
  const auto make = [](int family) { return [family] { return socket(family, SOCK_DGRAM, 0); }; };
  CHECK(error_in_child(few, make(AF_UNIX)) == 0);
  CHECK(error_in_child(few, make(AF_INET)) == EPERM);
  CHECK(error_in_child(few, make(AF_NETLINK)) == EPERM);
  auto more = few;
  more.socket_families.insert("inet");
  CHECK(error_in_child(more, make(AF_INET)) == 0);
  CHECK(error_in_child(more, make(AF_INET6)) == EPERM);
}

TEST_CASE("of netlink a program gets what routes are about, and pairs of sockets are unix ones") {
  system_call_rules rules{{"socketpair"}, {"netlink"}};
  CHECK(error_in_child(rules, [] { return socket(AF_NETLINK, SOCK_RAW, 0); }) == 0);
  CHECK(error_in_child(rules, [] { return socket(AF_NETLINK, SOCK_RAW, 12); }) == EPERM);
  int ends[2];
  CHECK(error_in_child(rules, [&] { return socketpair(AF_UNIX, SOCK_STREAM, 0, ends); }) == 0);
  CHECK(error_in_child(rules, [&] { return socketpair(AF_TIPC, SOCK_STREAM, 0, ends); }) == EPERM);
}

TEST_CASE("a program makes processes, but no namespaces with them") {
  const system_call_rules rules{{"clone", "clone3", "wait4"}, {}};
  const auto clone_with = [](unsigned long flags) {
    return [flags] {
      const auto child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
      if (child == 0)
        _exit(0);
      return child;
    };
  };
  CHECK(error_in_child(rules, clone_with(0)) == 0);
  for (const unsigned long flag : {CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWNS})
    CHECK(error_in_child(rules, clone_with(flag)) == EPERM);
  CHECK(error_in_child(rules, [] { return syscall(SYS_clone3, 0, 0); }) == ENOSYS);
}

TEST_CASE("a guarded program types into no terminal, however the request is written") {
  const auto error_with = [guard = terminal_guard()](unsigned long request) {
    return status_in_child([&] {
      load_filter(guard);
      char byte = 'x';
      return error_of(syscall(SYS_ioctl, 0, request, &byte));
    });
  };
  CHECK(error_with(TIOCSTI) == EPERM);
  CHECK(error_with(TIOCSTI | 1UL << 32) == EPERM);
  CHECK(error_with(FIONREAD) != EPERM);
}

TEST_CASE("rules with names that nobody knows, and filters that make no sense, are refused") {
  CHECK_THROWS_WITH(filter_compiler({}).compile({{"sned"}, {}}),
                    "cannot compile a filter of system calls: system call \"sned\" isn't known");
  CHECK_THROWS_WITH(filter_compiler({}).compile({{}, {"ient"}}),
                    "cannot compile a filter of system calls: socket family \"ient\" isn't known");
  CHECK_THROWS_WITH(load_filter(""), "cannot filter system calls: the program for it makes no sense");
  CHECK_THROWS_WITH(load_filter("abc"), "cannot filter system calls: the program for it makes no sense");
}
