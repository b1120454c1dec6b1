#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/host/base_root.hpp"
#include "runtime/snap/base.hpp"
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

constexpr auto program = "troupe-run";
constexpr auto usage =
    "usage: troupe-run [--root DIR] NAME[.APP] [ARGUMENTS…]\n\n"
    "Starts an application of an installed snap. The links in DIR/snap/bin lead here too.\n"
    "Without --root: $TROUPE_ROOT, else /.\n";

// Source: the shell's exit codes.
constexpr int code_cannot_execute = 126;
constexpr int code_not_found = 127;
constexpr int code_failed = 1;
constexpr int code_usage = 64;

// As many as the kernel follows.
constexpr int most_links = 40;

/// A command line that makes no sense.
class usage_error : public failure {
public:
  using failure::failure;
};

struct order {
  fs::path root;
  std::string instance;
  std::string app; ///< Empty: the one that has its snap's name.
  std::vector<std::string> arguments;
};

/// The path that a shell would have taken for a program's name.
fs::path located(const std::string& name) {
  if (name.find('/') != name.npos)
    return name;
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable ? variable : "";
  while (!rest.empty()) {
    auto end = rest.find(':');
    auto candidate = fs::path{rest.substr(0, end)} / name;
    if (::access(candidate.c_str(), X_OK) == 0 && !fs::is_directory(candidate))
      return candidate;
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  throw failure{"cannot find \"" + name + "\": no directory of PATH has it"};
}

/// Follows links up to the one that leads to this program: that is the launcher, which says by its place
/// where the root is and by its name what to start.
fs::path launcher_of(const std::string& name) {
  auto link = located(name);
  std::error_code code;
  for (int followed = 0; followed < most_links; ++followed) {
    auto target = fs::read_symlink(link, code);
    if (code)
      break;
    if (target.filename() == program)
      return fs::absolute(link).lexically_normal();
    link = link.parent_path() / target;
  }
  throw failure{"cannot start \"" + name + "\": it isn't a link to " + std::string{program}};
}

void set_name(order& into, const std::string& name) {
  auto dot = name.find('.');
  into.instance = name.substr(0, dot);
  if (dot != name.npos)
    into.app = name.substr(dot + 1);
  check_instance_name(into.instance);
  if (dot != name.npos)
    check_app_name(into.app);
}

order order_of_launcher(const std::vector<std::string>& words) {
  auto launcher = launcher_of(words.front());
  order result;
  result.root = launcher.parent_path().parent_path().parent_path();
  set_name(result, launcher.filename());
  result.arguments.assign(words.begin() + 1, words.end());
  return result;
}

order order_of_options(const std::vector<std::string>& words) {
  const char* variable = std::getenv("TROUPE_ROOT");
  order result;
  result.root = variable && *variable ? variable : "/";
  std::size_t at = 1;
  if (at < words.size() && words[at].starts_with("--root=")) {
    result.root = words[at].substr(std::strlen("--root="));
    ++at;
  } else if (at + 1 < words.size() && words[at] == "--root") {
    result.root = words[at + 1];
    at += 2;
  }
  if (at >= words.size())
    throw usage_error{std::string{"an application's name is missing\n"} + usage};
  if (words[at].starts_with("-"))
    throw usage_error{"unknown option \"" + words[at] + "\"\n" + usage};
  result.root = fs::absolute(result.root).lexically_normal();
  set_name(result, words[at]);
  result.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
  return result;
}

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

const app_info& app_of(const snap_info& info, const order& order) {
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

/// What is to be executed: the command chain, the command, its own arguments and the user's.
std::vector<std::string> command_of(const app_info& app, const environment_map& environment,
                                    const std::vector<std::string>& arguments) {
  fs::path snap = environment.at("SNAP");
  std::vector<std::string> result;
  for (const auto& link : app.command_chain)
    result.push_back(snap / link);
  auto command = command_words(app.command, environment);
  if (command.empty())
    throw failure{"cannot run \"" + app.name + "\": its command is empty"};
  command.front() = snap / command.front();
  result.insert(result.end(), command.begin(), command.end());
  result.insert(result.end(), arguments.begin(), arguments.end());
  return result;
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

/// Where the machine allows no root of its own, the host's files have to do.
void enter_base_if_allowed(const fs::path& base, const fs::path& root) {
  try {
    host::enter_base(base, root);
  } catch (const failure& why) {
    std::cerr << "warning: " << why.what() << "; running on the host's own files\n";
  }
}

int run(const order& order) {
  layout places{order.root};
  auto rev = current_revision(places, order.instance);
  auto info = read_directory_info(places.mount_point(order.instance, rev));
  const auto& app = app_of(info, order);
  auto environment =
      user_environment(places, info, order.instance, rev, app.environment, inherited_environment());
  make_user_directories(environment);
  auto command = command_of(app, environment, order.arguments);
  if (auto base = base_directory(places, info))
    enter_base_if_allowed(*base, order.root);
  return execute(std::move(command), environment);
}

/// `troupe-run --in-base BASE ROOT PROGRAM [ARGUMENTS…]`: how the daemon starts a hook.
int run_in_base(const std::vector<std::string>& words) {
  constexpr std::size_t program_at = 4;
  if (words.size() <= program_at)
    throw usage_error{"--in-base takes a base, a root and a program"};
  enter_base_if_allowed(words[2], words[3]);
  return execute({words.begin() + program_at, words.end()}, inherited_environment());
}

} // namespace

} // namespace troupe

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  try {
    if (words.empty())
      throw troupe::usage_error{"there is no argument, not even the program's name"};
    bool by_options = std::filesystem::path{words.front()}.filename() == troupe::program;
    if (by_options && words.size() == 2 && (words[1] == "--help" || words[1] == "-h")) {
      std::cout << troupe::usage;
      return 0;
    }
    if (by_options && words.size() > 1 && words[1] == "--in-base")
      return troupe::run_in_base(words);
    return troupe::run(by_options ? troupe::order_of_options(words) : troupe::order_of_launcher(words));
  } catch (const troupe::usage_error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return troupe::code_usage;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return troupe::code_failed;
  }
}
