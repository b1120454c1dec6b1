#include "runtime/tasks/profile_files.hpp"

#include "runtime/host/system_call_filter.hpp"
#include "runtime/interfaces/known_interfaces.hpp"
#include "runtime/rules/security_profile_json.hpp"
#include "runtime/snap/base.hpp"

namespace troupe::tasks {

namespace {

/// The template without its many system calls, which all filters have.
const grants& everybody() {
  static const grants what = [] {
    auto all = template_grants();
    all.system_calls.clear();
    return all;
  }();
  return what;
}

} // namespace

std::string profile_text_of(const task_host& host, const confined_revision& what) {
  static host::filter_compiler compiler{template_grants().system_calls};
  auto profile =
      profile_of(what.snap, what.info, what.flags, what.connections, host.interfaces, everybody());
  profile.base = wanted_base(what.info);
  static const auto guard = host::terminal_guard();
  return to_text(profile, [](const grants& may) {
    return std::vector{guard, compiler.compile({may.system_calls, may.socket_families})};
  });
}

void write_profile(const task_host& host, const confined_revision& what) {
  host.os.files->make_dirs(host.paths.profiles_dir(), 0755);
  host.os.files->write_file(host.paths.profile(what.snap, what.rev), profile_text_of(host, what), 0644);
}

std::vector<std::string> confined_start(const task_host& host, const std::string& snap, revision rev,
                                        const std::string& program) {
  return {host.launcher, "--confined", host.paths.root(), snap, to_string(rev), program};
}

void remove_profile(const task_host& host, const std::string& snap, revision rev) {
  host.os.files->remove_file(host.paths.profile(snap, rev));
}

} // namespace troupe::tasks
