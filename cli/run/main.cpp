#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "cli/run/order.hpp"
#include "cli/run/tracking.hpp"
#include "runtime/confinement/confine.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/rules/running_apps.hpp"
#include "runtime/snap/command_line.hpp"
#include "runtime/snap/environment.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/layout.hpp"
#include "runtime/snap/names.hpp"

// Starts an application of an installed snap. It runs at each start of each application, so that it
// links neither the actors nor the API.

namespace troupe {

namespace {

namespace fs = std::filesystem;

// Source: the shell's exit codes.
constexpr int code_cannot_execute = 126;
constexpr int code_not_found = 127;
constexpr int code_failed = 1;
constexpr int code_usage = 64;

revision current_revision(const layout& places, const std::string& instance) {
  std::error_code code;
  auto target = fs::read_symlink(places.current_link(instance), code);
  if (code) {
    bool is_there = fs::exists(places.mount_dir(instance), code);
    throw failure{is_there ? "cannot run snap \"" + instance +
                                 "\": it is disabled, see `troupe enable --help`"
                           : "cannot run snap \"" + instance + "\": it is not installed"};
  }
  auto found = revision_from_text(target.filename().string());
  if (!found)
    throw failure{"cannot run snap \"" + instance + "\": its link \"current\" points to no revision"};
  return *found;
}

const app_info& app_of(const snap_info& info, const launch_order& order) {
  if (const auto* found = info.find_app(order.app.empty() ? info.name : order.app))
    return *found;
  std::string known;
  for (const auto& app : info.apps)
    known += (known.empty() ? "" : ", ") + app.name;
  auto wanted = order.app.empty() ? order.instance : order.instance + "." + order.app;
  auto missing = order.app.empty() ? "application of its own name" : "application \"" + order.app + "\"";
  throw failure{"cannot run \"" + wanted + "\": the snap has no " + missing +
                (known.empty() ? ", nor any other" : "; it has: " + known)};
}

environment_map inherited_environment() {
  environment_map result;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (equals != text.npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  const auto* user = result.contains("HOME") ? nullptr : getpwuid(getuid());
  if (user && user->pw_dir)
    result["HOME"] = user->pw_dir;
  return result;
}

void make_user_directories(const environment_map& environment) {
  for (const auto* name : {"SNAP_USER_DATA", "SNAP_USER_COMMON"}) {
    auto found = environment.find(name);
    if (found == environment.end())
      continue;
    std::error_code code;
    fs::create_directories(found->second, code);
    // An application that needs none must be startable by a user whose home is read-only or missing.
    if (code)
      std::cerr << "warning: cannot make directory \"" << found->second << "\": " << code.message()
                << '\n';
  }
}

/// What is to be executed, in the snap: the command chain, the command, its own arguments and the
/// user's.
std::vector<std::string> command_of(const std::vector<std::string>& chain,
                                    std::vector<std::string> command, const launch_order& order,
                                    const environment_map& environment) {
  if (order.shell)
    return {fs::exists("/bin/bash") ? "/bin/bash" : "/bin/sh"};
  if (command.empty())
    throw failure{"cannot run \"" + order.app + "\": its command is empty"};
  fs::path snap = environment.at("SNAP");
  std::vector<std::string> result;
  for (const auto& link : chain)
    result.push_back(snap / link);
  command.front() = snap / command.front();
  result.insert(result.end(), command.begin(), command.end());
  result.insert(result.end(), order.arguments.begin(), order.arguments.end());
  return result;
}

const hook_info& hook_of(const snap_info& info, const launch_order& order) {
  auto found = std::ranges::find(info.hooks, order.hook, &hook_info::name);
  if (found == info.hooks.end())
    throw failure{"cannot run hook \"" + order.hook + "\" of snap \"" + order.instance +
                  "\": the snap has no such hook"};
  return *found;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int execute(std::vector<std::string> command, const environment_map& environment) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment)
    variables.push_back(name + "=" + value);
  execve(command.front().c_str(), pointers_to(command).data(), pointers_to(variables).data());
  auto reason = errno;
  std::cerr << "error: cannot execute \"" << command.front() << "\": " << std::strerror(reason) << '\n';
  return reason == ENOENT ? code_not_found : code_cannot_execute;
}

/// Says what isn't enforced, and goes on.
void confine_or_say(const layout& places, const started_program& program) {
  for (const auto& why : confine(places, program))
    std::cerr << "warning: " << why << '\n';
}

/// A variable that names a directory; empty where it isn't set, or to something else.
std::string directory_in(const environment_map& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() || !found->second.starts_with('/') ? std::string{} : found->second;
}

/// What the daemon finds in the environments of the snap's processes.
void mark(environment_map& environment, const std::string& group, const launch_order& order,
          const std::string& app) {
  environment[host::group_variable] = group;
  environment.erase("TROUPE_APP");
  environment.erase("TROUPE_HOOK");
  environment[order.hook.empty() ? "TROUPE_APP" : "TROUPE_HOOK"] = order.hook.empty() ? app : order.hook;
}

int run(const launch_order& order) {
  layout places{order.root};
  // Before anything is written for a snap that isn't there.
  if (!fs::exists(places.mount_dir(order.instance)))
    throw failure{"cannot run snap \"" + order.instance + "\": it is not installed"};
  launch_tracking tracking{places.run_control_dir(), order.instance};
  auto rev = current_revision(places, order.instance);
  auto info = read_directory_info(places.mount_point(order.instance, rev));
  const auto* hook = order.hook.empty() ? nullptr : &hook_of(info, order);
  const auto* app = hook ? nullptr : &app_of(info, order);
  const auto inherited = inherited_environment();
  auto environment = user_environment(places, info, order.instance, rev,
                                      hook ? hook->environment : app->environment, inherited);
  make_user_directories(environment);
  auto command = hook ? command_of(hook->command_chain, {"meta/hooks/" + hook->name}, order, environment)
                      : command_of(app->command_chain, command_words(app->command, environment), order,
                                   environment);
  if (hook || counts_as_running(*app)) {
    mark(environment, tracking.mark(), order, app ? app->name : "");
    tracking.track();
  }
  confine_or_say(places, {order.instance, rev, hook ? "hook." + hook->name : "app." + app->name,
                          directory_in(inherited, "HOME"), directory_in(inherited, "XDG_RUNTIME_DIR")});
  return execute(std::move(command), environment);
}

/// `troupe-run --confined ROOT SNAP REVISION PROGRAM COMMAND…`: how the daemon starts hooks and
/// services.
int run_confined(const std::vector<std::string>& words) {
  constexpr std::size_t command_at = 6;
  const auto rev = words.size() > command_at ? revision_from_text(words[4]) : std::nullopt;
  if (!rev)
    throw usage_error{
        "--confined takes a root, a snap, its revision, app.NAME or hook.NAME and a command"};
  check_instance_name(words[3]);
  confine_or_say(layout{words[2]}, {words[3], *rev, words[5]});
  return execute({words.begin() + command_at, words.end()}, handed_on(inherited_environment()));
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  try {
    if (words.empty())
      throw troupe::usage_error{"there is no argument, not even the program's name"};
    bool by_options = std::filesystem::path{words.front()}.filename() == troupe::launcher_program;
    if (by_options && words.size() == 2 && (words[1] == "--help" || words[1] == "-h")) {
      std::cout << troupe::launcher_usage;
      return 0;
    }
    if (by_options && words.size() > 1 && words[1] == "--confined")
      return troupe::run_confined(words);
    return troupe::run(by_options ? troupe::order_of_options(words) : troupe::order_of_link(words));
  } catch (const troupe::usage_error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return troupe::code_usage;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return troupe::code_failed;
  }
}
