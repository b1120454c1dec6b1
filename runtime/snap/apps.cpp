#include "runtime/snap/apps.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <set>

#include "runtime/limits.hpp"
#include "runtime/snap/endpoints.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/time_span.hpp"
#include "runtime/snap/yaml.hpp"

namespace troupe {

namespace {

/// A key's text, which has to be empty or one of some words.
std::string word_in(const YAML::Node& node, const std::string& key,
                    std::initializer_list<std::string_view> words) {
  auto text = yaml::text_of(node, key);
  if (text.empty() || std::ranges::find(words, text) != words.end())
    return text;
  std::string all;
  for (auto word : words)
    all += (all.empty() ? "" : ", ") + std::string{word};
  yaml::refuse(node, in_quotes(key) + " can't be " + in_quotes(text) + ", only one of " + all);
}

bool is_command_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view{"/. _#:$-"}.find(c) != std::string_view::npos;
}

/// Refuses a command whose file could lie outside of the snap.
void check_command(const YAML::Node& node, const std::string& key, std::string_view command) {
  auto no = [&](std::string_view why) {
    yaml::refuse(node, in_quotes(key) + ": command " + in_quotes(command) + " " + std::string{why});
  };
  if (!std::ranges::all_of(command, is_command_char))
    no("may hold only letters, digits, blanks and /._#:$-");
  auto file = file_of_command(command);
  if (file.empty())
    no("names no file");
  if (file.starts_with('/'))
    no("must be relative to the snap, not absolute");
  if (file.find('$') != file.npos)
    no("must name its file without variables");
  auto normal = std::filesystem::path{file}.lexically_normal();
  if (*normal.begin() == "..")
    no("leads out of the snap");
  if (!normal.has_filename() || normal == ".")
    no("names a directory");
}

std::string command_in(const YAML::Node& node, const std::string& key) {
  auto command = yaml::text_of(node, key);
  if (!command.empty())
    check_command(node, key, command);
  return command;
}

std::vector<std::string> command_chain_in(const YAML::Node& node, const std::string& key) {
  auto chain = yaml::texts_of(node, key);
  for (const auto& command : chain) {
    check_command(node, key, command);
    if (command.find(' ') != command.npos)
      yaml::refuse(node, in_quotes(key) + ": " + in_quotes(command) + " can't have arguments");
  }
  return chain;
}

std::uint64_t time_in(const YAML::Node& node, const std::string& key) {
  auto text = yaml::text_of(node, key);
  if (text.empty())
    return 0;
  auto time = milliseconds_of(text);
  if (!time)
    yaml::refuse(node, in_quotes(key) + " can't be " + in_quotes(text) + ", only a time such as 30s");
  return *time;
}

void read_app_key(app_info& app, const std::string& key, const YAML::Node& value) {
  if (key == "command") {
    app.command = command_in(value, key);
  } else if (key == "command-chain") {
    app.command_chain = command_chain_in(value, key);
  } else if (key == "stop-command") {
    app.stop_command = command_in(value, key);
  } else if (key == "post-stop-command") {
    app.post_stop_command = command_in(value, key);
  } else if (key == "reload-command") {
    app.reload_command = command_in(value, key);
  } else if (key == "daemon") {
    app.daemon = word_in(value, key, {"simple", "forking", "oneshot", "notify", "dbus"});
  } else if (key == "restart-condition") {
    app.restart_condition = word_in(
        value, key,
        {"never", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog", "always"});
  } else if (key == "start-timeout") {
    app.start_timeout_ms = time_in(value, key);
  } else if (key == "stop-timeout") {
    app.stop_timeout_ms = time_in(value, key);
  } else if (key == "restart-delay") {
    app.restart_delay_ms = time_in(value, key);
  } else if (key == "before") {
    app.before = yaml::texts_of(value, key);
  } else if (key == "after") {
    app.after = yaml::texts_of(value, key);
  } else if (key == "refresh-mode") {
    app.refresh_mode = word_in(value, key, {"restart", "endure", "ignore-running"});
  } else if (key == "environment") {
    app.environment = yaml::environment_of(value, key);
  } else if (key == "plugs") {
    app.plugs = parse_endpoint_names(value, endpoint_side::plug);
  } else if (key == "slots") {
    app.slots = parse_endpoint_names(value, endpoint_side::slot);
  } else if (key == "aliases") {
    app.aliases = yaml::texts_of(value, key);
    for (const auto& alias : app.aliases)
      yaml::at_line(value, [&] { check_alias_name(alias); });
  }
}

app_info parse_app(const std::string& name, const YAML::Node& node) {
  auto what = "app " + in_quotes(name);
  app_info app;
  app.name = name;
  for (const auto& [key, value] : yaml::map_of(node, what))
    read_app_key(app, key, value);
  if (app.command.empty())
    yaml::refuse(node, what + " has no \"command\"");
  bool running_only = app.refresh_mode == "ignore-running";
  if (!app.refresh_mode.empty() && app.is_service() == running_only)
    yaml::refuse(node, what + " can't have refresh-mode " + in_quotes(app.refresh_mode) +
                           ", which is for " +
                           (running_only ? "applications that aren't services" : "services"));
  return app;
}

/// Says what is wrong with `before` and `after`: they must name services, and give an order.
class start_order {
public:
  start_order(const std::vector<app_info>& apps, const YAML::Node& node)
      : apps_{apps}, node_{node}, successors_(apps.size()), waits_for_(apps.size()) {}

  void check() {
    for (std::size_t i = 0; i < apps_.size(); ++i) {
      for (const auto& name : apps_[i].before)
        add(i, service(apps_[i], name));
      for (const auto& name : apps_[i].after)
        add(service(apps_[i], name), i);
    }
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < apps_.size(); ++i)
      if (!waits_for_[i])
        ready.push_back(i);
    for (std::size_t next = 0; next < ready.size(); ++next)
      for (auto later : successors_[ready[next]])
        if (!--waits_for_[later])
          ready.push_back(later);
    auto stuck = std::ranges::find_if(waits_for_, [](auto count) { return count != 0; });
    if (stuck != waits_for_.end())
      refuse(apps_[static_cast<std::size_t>(stuck - waits_for_.begin())],
             "is in a circle of \"before\" and \"after\"");
  }

private:
  [[noreturn]] void refuse(const app_info& app, const std::string& why) const {
    yaml::refuse(node_, "app " + in_quotes(app.name) + " " + why);
  }

  void add(std::size_t earlier, std::size_t later) {
    successors_[earlier].push_back(later);
    ++waits_for_[later];
  }

  std::size_t service(const app_info& app, const std::string& name) const {
    auto found = std::ranges::lower_bound(apps_, name, {}, &app_info::name);
    if (found == apps_.end() || found->name != name)
      refuse(app, "is before or after app " + in_quotes(name) + ", which there isn't");
    if (!app.is_service() || !found->is_service())
      refuse(app, "and app " + in_quotes(name) + " can't be ordered: both must be services");
    return static_cast<std::size_t>(found - apps_.begin());
  }

  const std::vector<app_info>& apps_;
  const YAML::Node& node_;
  std::vector<std::vector<std::size_t>> successors_;
  std::vector<std::size_t> waits_for_;
};

void check_count(const YAML::Node& node, std::string_view what, std::size_t most) {
  if (node.size() > most)
    yaml::refuse(node, in_quotes(what) + " has more than " + std::to_string(most) + " entries");
}

} // namespace

std::string_view file_of_command(std::string_view command) {
  auto begin = std::min(command.find_first_not_of(' '), command.size());
  return command.substr(begin, command.find(' ', begin) - begin);
}

std::vector<app_info> parse_apps(const YAML::Node& node) {
  check_count(node, "apps", limits::snap_apps);
  std::vector<app_info> apps;
  for (const auto& [name, value] : yaml::map_of(node, "apps")) {
    yaml::at_line(value, [&] { check_app_name(name); });
    apps.push_back(parse_app(name, value));
  }
  std::ranges::sort(apps, {}, &app_info::name);
  start_order{apps, node}.check();
  std::set<std::string> aliases;
  for (const auto& app : apps)
    for (const auto& alias : app.aliases)
      if (!aliases.insert(alias).second)
        yaml::refuse(node, "alias " + in_quotes(alias) + " stands twice in \"apps\"");
  return apps;
}

std::vector<hook_info> parse_hooks(const YAML::Node& node) {
  check_count(node, "hooks", limits::snap_hooks);
  std::vector<hook_info> hooks;
  for (const auto& [name, value] : yaml::map_of(node, "hooks")) {
    yaml::at_line(value, [&] { check_hook_name(name); });
    hook_info hook;
    hook.name = name;
    for (const auto& [key, item] : yaml::map_of(value, "hook " + name)) {
      if (key == "plugs")
        hook.plugs = parse_endpoint_names(item, endpoint_side::plug);
      else if (key == "slots")
        hook.slots = parse_endpoint_names(item, endpoint_side::slot);
      else if (key == "environment")
        hook.environment = yaml::environment_of(item, key);
      else if (key == "command-chain")
        hook.command_chain = command_chain_in(item, key);
    }
    hooks.push_back(std::move(hook));
  }
  std::ranges::sort(hooks, {}, &hook_info::name);
  return hooks;
}

} // namespace troupe
