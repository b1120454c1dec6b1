#include "cli/run/order.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "runtime/snap/names.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

// As many as the kernel follows.
constexpr int most_links = 40;

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

/// Follows links up to the one that leads to this program.
fs::path launcher_of(const std::string& name) {
  auto link = located(name);
  std::error_code code;
  for (int followed = 0; followed < most_links; ++followed) {
    auto target = fs::read_symlink(link, code);
    if (code)
      break;
    if (target.filename() == launcher_program)
      return fs::absolute(link).lexically_normal();
    link = link.parent_path() / target;
  }
  throw failure{"cannot start \"" + name + "\": it isn't a link to " + std::string{launcher_program}};
}

void set_name(launch_order& into, const std::string& name) {
  auto dot = name.find('.');
  into.instance = name.substr(0, dot);
  if (dot != name.npos)
    into.app = name.substr(dot + 1);
  check_instance_name(into.instance);
  if (dot != name.npos)
    check_app_name(into.app);
}

/// Goes through the options before the name.
class option_reader {
public:
  explicit option_reader(const std::vector<std::string>& words) : words_{words} {}

  bool has_option() const { return at_ < words_.size() && words_[at_].starts_with("-"); }
  std::size_t at() const { return at_; }

  bool flag(std::string_view name) {
    if (words_[at_] != name)
      return false;
    ++at_;
    return true;
  }

  /// `--name VALUE` or `--name=VALUE`.
  bool value(const std::string& name, std::string& into) {
    if (words_[at_].starts_with(name + "=")) {
      into = words_[at_].substr(name.size() + 1);
      ++at_;
      return true;
    }
    if (words_[at_] != name || at_ + 1 >= words_.size())
      return false;
    into = words_[at_ + 1];
    at_ += 2;
    return true;
  }

private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 1;
};

} // namespace

launch_order order_of_options(const std::vector<std::string>& words) {
  const char* variable = std::getenv("TROUPE_ROOT");
  std::string root = variable && *variable ? variable : "/";
  launch_order result;
  option_reader options{words};
  while (options.has_option())
    if (options.flag("--shell"))
      result.shell = true;
    else if (!options.value("--root", root) && !options.value("--hook", result.hook))
      throw usage_error{"unknown option \"" + words[options.at()] + "\"\n" + launcher_usage};
  if (options.at() >= words.size())
    throw usage_error{std::string{"an application's name is missing\n"} + launcher_usage};
  result.root = fs::absolute(root).lexically_normal();
  set_name(result, words[options.at()]);
  if (!result.hook.empty()) {
    check_app_name(result.hook);
    if (!result.app.empty())
      throw usage_error{"a hook belongs to a snap, not to its application \"" + result.app + "\""};
  }
  result.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(options.at()) + 1, words.end());
  return result;
}

launch_order order_of_link(const std::vector<std::string>& words) {
  auto launcher = launcher_of(words.front());
  launch_order result;
  result.root = launcher.parent_path().parent_path().parent_path();
  set_name(result, launcher.filename());
  result.arguments.assign(words.begin() + 1, words.end());
  return result;
}

} // namespace troupe
