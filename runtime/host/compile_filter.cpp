#include <seccomp.h>

#include <linux/netlink.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_call_filter.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

constexpr auto what = "cannot compile a filter of system calls";

// More than one snap's programs have, so that an upgrade of many with the same plugs compiles few.
constexpr std::size_t most_kept = 64;

constexpr std::array<std::pair<std::string_view, int>, 4> families{
    {{"unix", AF_UNIX}, {"inet", AF_INET}, {"inet6", AF_INET6}, {"netlink", AF_NETLINK}}};

#ifdef __s390__
constexpr unsigned clone_flags = 1;
#else
constexpr unsigned clone_flags = 0;
#endif

// More than any architecture has by now. What comes later fails like what is forbidden.
constexpr int most_calls = 600;

using filter = std::unique_ptr<void, decltype(&seccomp_release)>;

void check(int result) {
  if (result != 0)
    throw system_failure(what, -result);
}

void add_families(void* into, const std::set<std::string>& wanted) {
  for (const auto& name : wanted) {
    const auto* known = std::find_if(families.begin(), families.end(),
                                     [&](const auto& row) { return row.first == name; });
    if (known == families.end())
      throw failure{std::string{what} + ": socket family \"" + name + "\" isn't known"};
    const auto is_family = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(known->second));
    // Of what the kernel can be asked by netlink only routes and addresses.
    if (known->second == AF_NETLINK)
      check(seccomp_rule_add(into, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, is_family,
                             SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE)));
    else
      check(seccomp_rule_add(into, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, is_family));
  }
}

/// The numbers of this architecture's calls; those of others are left out.
std::set<int> numbers_of(const std::set<std::string>& names) {
  std::set<int> numbers;
  for (const auto& name : names) {
    const int number = seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR)
      throw failure{std::string{what} + ": system call \"" + name + "\" isn't known"};
    if (number >= 0)
      numbers.insert(number);
  }
  return numbers;
}

std::string exported(const filter& made) {
  const file_descriptor file{memfd_create("filter", MFD_CLOEXEC)};
  if (!file)
    throw_errno(what);
  check(seccomp_export_bpf(made.get(), file.get()));
  std::string program(static_cast<std::size_t>(lseek(file.get(), 0, SEEK_END)), '\0');
  if (pread(file.get(), program.data(), program.size(), 0) != static_cast<ssize_t>(program.size()))
    throw_errno(what);
  return program;
}

filter new_filter(std::uint32_t by_default) {
  filter made{seccomp_init(by_default), seccomp_release};
  if (!made)
    throw failure{what};
  check(seccomp_attr_set(made.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)));
  return made;
}

// The kernel's namespaces would give a program rights over what is in them.
constexpr scmp_datum_t new_namespaces = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS |
                                        CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;

/// Some calls are let with some arguments only.
void add_call(void* into, int number) {
  if (number == SCMP_SYS(clone))
    check(seccomp_rule_add(into, SCMP_ACT_ALLOW, number, 1,
                           SCMP_CMP(clone_flags, SCMP_CMP_MASKED_EQ, new_namespaces, 0)));
  else if (number == SCMP_SYS(clone3))
    // Its flags are out of a filter's sight; the C library does with clone then.
    check(seccomp_rule_add(into, SCMP_ACT_ERRNO(ENOSYS), number, 0));
  else if (number == SCMP_SYS(socketpair))
    check(seccomp_rule_add(into, SCMP_ACT_ALLOW, number, 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX)));
  else
    check(seccomp_rule_add(into, SCMP_ACT_ALLOW, number, 0));
}

std::string compiled(const std::set<std::string>& always, const system_call_rules& rules) {
  const auto made = new_filter(SCMP_ACT_ERRNO(EPERM));
  // A tree, since a list of hundreds would be gone through at each call.
  check(seccomp_attr_set(made.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
  add_families(made.get(), rules.socket_families);
  auto allowed = numbers_of(always);
  allowed.merge(numbers_of(rules.allowed));
  for (const int number : allowed)
    add_call(made.get(), number);
  for (int number = 0; number < most_calls; ++number) {
    const std::unique_ptr<char, decltype(&free)> name{
        seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), free};
    if (!name)
      check(seccomp_rule_add(made.get(), SCMP_ACT_ERRNO(ENOSYS), number, 0));
  }
  return exported(made);
}

} // namespace

// Only a filter of its own can forbid one argument of a call that is let otherwise. The kernel looks at
// the lower half of it alone.
std::string terminal_guard() {
  constexpr scmp_datum_t lower_half = 0xffff'ffff;
  const auto made = new_filter(SCMP_ACT_ALLOW);
  for (const scmp_datum_t request : {TIOCSTI, TIOCLINUX})
    check(seccomp_rule_add(made.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                           SCMP_A1(SCMP_CMP_MASKED_EQ, lower_half, request)));
  return exported(made);
}

std::string filter_compiler::compile(const system_call_rules& rules) {
  {
    const std::lock_guard lock{guard_};
    if (const auto found = kept_.find(rules); found != kept_.end())
      return found->second;
  }
  auto program = compiled(always_, rules);
  const std::lock_guard lock{guard_};
  if (kept_.size() >= most_kept)
    kept_.clear();
  kept_.emplace(rules, program);
  return program;
}

} // namespace troupe::host
