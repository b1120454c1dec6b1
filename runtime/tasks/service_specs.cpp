#include "runtime/tasks/service_specs.hpp"

#include "messages/failure.hpp"
#include "runtime/snap/command_line.hpp"
#include "runtime/snap/environment.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/tasks/profile_files.hpp"

namespace troupe {

namespace {

const app_info& app_of(const service_origin& from) {
  const auto* found = from.info ? from.info->find_app(from.app) : nullptr;
  if (!found)
    throw failure{"cannot run service " + in_quotes(from.snap + "." + from.app) + ": revision " +
                  to_string(from.rev) + " has no such application"};
  return *found;
}

// The marks come last: a snap must not be able to set others.
environment_map environment_of(const task_host& host, const service_origin& from, const app_info& app) {
  auto environment = snap_environment(host.paths, *from.info, from.snap, from.rev);
  environment.emplace("PATH", host.paths.tools_dir().string() +
                                  ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  extend_handed_on(environment, {&from.info->environment, &app.environment});
  set_for_all(environment, "TROUPE_ROOT", host.paths.root());
  set_for_all(environment, "TROUPE_SERVICE", from.snap + "." + from.app);
  for (const auto& [name, value] : service_root_mark(host.paths))
    set_for_all(environment, name, value);
  return environment;
}

std::vector<std::string> words_of(const task_host& host, const service_origin& from, const app_info& app,
                                  const std::string& command, const environment_map& environment) {
  const auto snap = host.paths.mount_point(from.snap, from.rev);
  auto result = tasks::confined_start(host, from.snap, from.rev, "app." + from.app);
  for (const auto& link : app.command_chain)
    result.push_back(snap / link);
  auto words = command_words(command, handed_on(environment));
  if (words.empty())
    throw failure{"cannot run service " + in_quotes(from.snap + "." + from.app) +
                  ": its command is empty"};
  words.front() = snap / words.front();
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

} // namespace

std::map<std::string, std::string> service_root_mark(const layout& paths) {
  return {{"TROUPE_SERVICE_ROOT", paths.root().string()}};
}

std::string service_group(const std::string& snap, const std::string& app) {
  return "snap." + snap + ".service." + app;
}

host::service_spec service_spec_of(const task_host& host, const service_origin& from) {
  const auto& app = app_of(from);
  host::service_spec spec;
  spec.env = environment_of(host, from, app);
  spec.argv = words_of(host, from, app, app.command, spec.env);
  spec.cwd = host.paths.data_dir(from.snap, from.rev);
  spec.group = service_group(from.snap, from.app);
  spec.notifies = app.daemon == "notify";
  return spec;
}

host::process_spec service_process_of(const task_host& host, const service_origin& from,
                                      const std::string& command) {
  const auto& app = app_of(from);
  host::process_spec spec;
  spec.env = environment_of(host, from, app);
  spec.argv = words_of(host, from, app, command, spec.env);
  spec.cwd = host.paths.data_dir(from.snap, from.rev);
  return spec;
}

} // namespace troupe
