#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::host {

/// Which system calls a program may make.
struct system_call_rules {
  std::set<std::string> allowed; ///< Other than socket.
  /// Of which it may make sockets: unix, inet, inet6, and netlink for what that says of routes.
  std::set<std::string> socket_families;

  auto operator<=>(const system_call_rules&) const = default;
};

/// Makes rules a program for the kernel, for this machine's architecture. clone makes no
/// namespaces, and clone3, whose flags a filter can't see, isn't there; socketpair makes unix sockets. A
/// call that isn't allowed fails with EPERM; one of another architecture, or that this machine's library
/// doesn't know, with ENOSYS, so that programs do without it. May be used from any thread.
class filter_compiler {
public:
  /// Each program may make these calls besides those of its rules.
  explicit filter_compiler(std::set<std::string> always) : always_{std::move(always)} {}

  /// Throws failure for a name that isn't known. Keeps what it has compiled last.
  std::string compile(const system_call_rules& rules);

private:
  std::set<std::string> always_;
  std::mutex guard_;
  std::map<system_call_rules, std::string> kept_;
};

/// A program for the kernel that keeps a process from typing into its terminal in its user's place.
std::string terminal_guard();

/// Holds this process, and what it executes, to such a program from now on; neither gains privileges
/// any more. Throws failure where the kernel refuses it.
void load_filter(std::string_view program);

/// Whether the kernel takes filters.
bool takes_filters();

} // namespace troupe::host
