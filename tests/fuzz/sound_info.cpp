#include <algorithm>
#include <set>
#include <string>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/apps.hpp"
#include "runtime/snap/command_line.hpp"
#include "runtime/snap/environment.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/snap_info_json.hpp"
#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

namespace {

/// Whether these are in the order of their names, each once.
template <class Named>
bool are_in_order(const std::vector<Named>& list) {
  return std::ranges::is_sorted(list, std::ranges::less_equal{}, &Named::name);
}

bool has(const std::vector<endpoint_info>& list, const std::string& name) {
  return std::ranges::binary_search(list, name, {}, &endpoint_info::name);
}

/// A file that a command names lies in the snap, whatever `..` and `.` it goes through.
void require_inside(std::string_view command) {
  std::string_view rest = file_of_command(command);
  require(!rest.empty(), "a command names a file");
  require(rest.front() != '/', "a command's file is relative");
  int depth = 0;
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part == "..")
      --depth;
    else if (!part.empty() && part != ".")
      ++depth;
  }
  require(depth > 0, "a command's file lies in the snap");
}

void require_runnable(const snap_info& info, const std::string& command, const environment_map& own) {
  require_inside(command);
  const layout places{"/"};
  auto variables = user_environment(places, info, info.name, {1}, own, {{"HOME", "/home/somebody"}});
  auto words = command_words(command, variables);
  require(!words.empty() && words.front() == file_of_command(command),
          "the first word of a command stays its file");
}

void require_endpoints(const std::vector<endpoint_info>& list, void (*check)(std::string_view)) {
  require(are_in_order(list), "plugs and slots are in order, each once");
  for (const auto& endpoint : list) {
    check(endpoint.name);
    check_interface_name(endpoint.interface);
    json::parse_object(endpoint.attributes);
  }
}

void require_epoch(const epoch& what) {
  for (const auto* list : {&what.read, &what.write}) {
    require(!list->empty() && list->size() <= 10, "an epoch's lists hold 1 to 10 numbers");
    require(std::ranges::is_sorted(*list, std::ranges::less_equal{}), "an epoch's lists increase");
  }
  require(std::ranges::find_first_of(what.read, what.write) != what.read.end(),
          "an epoch reads some of what it writes");
}

void require_apps(const snap_info& info) {
  require(info.apps.size() <= limits::snap_apps && are_in_order(info.apps),
          "apps are in order, each once, and not too many");
  std::set<std::string> aliases;
  for (const auto& app : info.apps) {
    check_app_name(app.name);
    require_runnable(info, app.command, app.environment);
    if (!app.stop_command.empty())
      require_runnable(info, app.stop_command, app.environment);
    std::ranges::for_each(app.command_chain, require_inside);
    for (const auto& alias : app.aliases) {
      check_alias_name(alias);
      require(aliases.insert(alias).second, "an alias belongs to one app");
    }
    for (const auto* order : {&app.before, &app.after})
      for (const auto& name : *order)
        require(info.find_app(name) && info.find_app(name)->is_service(), "an order names services");
    require(std::ranges::all_of(app.plugs, [&](auto& name) { return has(info.plugs, name); }) &&
                std::ranges::all_of(app.slots, [&](auto& name) { return has(info.slots, name); }),
            "an app's plugs and slots are among the snap's");
  }
}

void require_hooks(const snap_info& info) {
  require(are_in_order(info.hooks), "hooks are in order, each once");
  for (const auto& hook : info.hooks) {
    check_hook_name(hook.name);
    std::ranges::for_each(hook.command_chain, require_inside);
    require(std::ranges::all_of(hook.plugs, [&](auto& name) { return has(info.plugs, name); }) &&
                std::ranges::all_of(hook.slots, [&](auto& name) { return has(info.slots, name); }),
            "a hook's plugs and slots are among the snap's");
  }
}

} // namespace

void require_sound(const snap_info& info) {
  try {
    check_snap_name(info.name);
    require(!info.version.empty() && info.version.size() <= 32, "a version has 1 to 32 characters");
    if (!info.base.empty() && info.base != "none")
      check_snap_name(info.base);
    require(info.base != info.name, "a snap isn't its own base");
    require_epoch(info.epoch);
    require_endpoints(info.plugs, check_plug_name);
    require_endpoints(info.slots, check_slot_name);
    require(std::ranges::none_of(info.plugs, [&](auto& plug) { return has(info.slots, plug.name); }),
            "a plug and a slot have different names");
    require_apps(info);
    require_hooks(info);
    auto text = json::write(to_json(info));
    require(snap_info_from_json(json::parse_object(text)) == info, "JSON gives the same metadata back");
  } catch (const failure& fault) {
    throw broken_rule{std::string{"accepted metadata is refused later: "} + fault.what()};
  }
}

} // namespace troupe::fuzz
