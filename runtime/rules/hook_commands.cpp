#include "runtime/rules/hook_commands.hpp"

#include <algorithm>
#include <array>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/config_edit.hpp"
#include "runtime/rules/rule_place.hpp"

namespace troupe {

namespace {

constexpr std::array answered{"get",     "set",     "unset",       "start", "stop",
                              "restart", "is-undo", "system-mode", "model"};

/// A command's words, apart.
struct command_words {
  std::string command;
  std::vector<std::string> flags;
  std::vector<std::string> words;

  bool has(std::string_view flag) const { return std::ranges::find(flags, flag) != flags.end(); }
};

command_words words_of(const std::vector<std::string>& args,
                       std::initializer_list<std::string_view> known) {
  command_words result{args.front(), {}, {}};
  auto may_be_flag = true;
  for (auto word = args.begin() + 1; word != args.end(); ++word) {
    if (may_be_flag && *word == "--") {
      may_be_flag = false;
    } else if (may_be_flag && word->size() > 1 && word->front() == '-') {
      if (std::ranges::find(known, *word) == known.end())
        throw failure{"cannot " + result.command + ": unknown option " + in_marks(*word)};
      result.flags.push_back(*word);
    } else {
      result.words.push_back(*word);
    }
  }
  return result;
}

std::string shown(const json::value& value, bool typed) {
  return value.is_string() && !typed ? std::string{value.get_string()} : json::write(value);
}

/// One value alone, or several and documents as JSON.
std::string output_of(const std::vector<std::string>& names, const json::object& found,
                      const command_words& asked) {
  const auto typed = asked.has("-t");
  if (names.size() == 1 && !asked.has("-d")) {
    const auto* only = found.if_contains(names.front());
    if (!only)
      return typed ? "null\n" : "\n";
    return shown(*only, typed) + "\n";
  }
  return json::write(found) + "\n";
}

const hook_connection& connection_of(const hook_context& hook, const std::string& word,
                                     const command_words& asked) {
  if (!hook.connection)
    throw failure{"cannot " + asked.command + " attributes: only hooks of plugs and slots can"};
  const auto& connection = *hook.connection;
  const auto& own = connection.is_plug ? connection.ref.plug.name : connection.ref.slot.name;
  if (word.substr(1) != own)
    throw failure{"cannot " + asked.command + " attributes of " + in_marks(word) +
                  ": this hook is about " + in_marks(":" + own)};
  return connection;
}

hook_command_result get_attributes(const hook_context& hook, const command_words& asked) {
  const auto& connection = connection_of(hook, asked.words.front(), asked);
  if (asked.has("--plug") && asked.has("--slot"))
    throw failure{"cannot get attributes: --plug and --slot exclude each other"};
  const auto of_plug = asked.has("--plug") || (connection.is_plug && !asked.has("--slot"));
  auto attributes = json::parse_object(of_plug ? connection.plug_static : connection.slot_static);
  for (const auto& [name, value] :
       json::parse_object(of_plug ? connection.plug_dynamic : connection.slot_dynamic))
    attributes.insert_or_assign(name, value);
  const std::vector<std::string> names(asked.words.begin() + 1, asked.words.end());
  if (names.empty())
    return {json::write(attributes) + "\n"};
  json::object found;
  for (const auto& name : names) {
    const auto* value = find_value(attributes, name);
    if (!value)
      throw failure{"cannot get attribute " + in_marks(name) + ": the " + (of_plug ? "plug" : "slot") +
                    " has none of that name"};
    found[name] = *value;
  }
  return {output_of(names, found, asked)};
}

hook_command_result get(const hook_context& hook, const std::vector<std::string>& args) {
  const auto asked = words_of(args, {"-d", "-t", "--plug", "--slot"});
  if (asked.has("-d") && asked.has("-t"))
    throw failure{"cannot get: -d and -t exclude each other"};
  if (asked.words.empty())
    throw failure{"cannot get: name an option, or a plug or slot as :NAME"};
  if (asked.words.front().starts_with(':'))
    return get_attributes(hook, asked);
  if (asked.has("--plug") || asked.has("--slot"))
    throw failure{"cannot get: --plug and --slot go with attributes of :NAME"};
  const auto config = json::parse_object(hook.config);
  json::object found;
  for (const auto& name : asked.words) {
    check_option_name(name);
    if (const auto* value = find_value(config, name))
      found[name] = *value;
  }
  return {output_of(asked.words, found, asked)};
}

/// Attributes, unlike options, may have any names; those of snap.yaml stay.
hook_command_result set_attributes(const hook_context& hook, const command_words& asked,
                                   const json::object& edits) {
  const auto& connection = connection_of(hook, asked.words.front(), asked);
  if (!connection.may_set)
    throw failure{"cannot set attributes: only prepare hooks can, while nothing is connected yet"};
  const auto fixed =
      json::parse_object(connection.is_plug ? connection.plug_static : connection.slot_static);
  for (const auto& [name, value] : edits) {
    const auto top = std::string_view{name}.substr(0, name.find('.'));
    if (fixed.contains(top))
      throw failure{"cannot set attribute " + in_marks(name) +
                    ": snap.yaml has it, and what stands there can't be changed"};
  }
  auto dynamic =
      json::parse_object(connection.is_plug ? connection.plug_dynamic : connection.slot_dynamic);
  hook_command_result result;
  result.words.attributes = json::write(with_edits(std::move(dynamic), edits));
  return result;
}

hook_command_result set(const hook_context& hook, const std::vector<std::string>& args) {
  const auto asked = words_of(args, {"-s", "-t"});
  const auto of_end = !asked.words.empty() && asked.words.front().starts_with(':');
  json::object edits;
  for (auto word = asked.words.begin() + (of_end ? 1 : 0); word != asked.words.end(); ++word)
    add_assignment(edits, *word, asked.has("-s"), asked.has("-t"));
  if (edits.empty())
    throw failure{"cannot set: nothing is named; write KEY=VALUE"};
  if (of_end)
    return set_attributes(hook, asked, edits);
  with_edits(json::parse_object(hook.config), edits);
  hook_command_result result;
  result.words.config = {json::write(edits)};
  return result;
}

hook_command_result unset(const hook_context& hook, const std::vector<std::string>& args) {
  const auto asked = words_of(args, {});
  if (asked.words.empty())
    throw failure{"cannot unset: no option is named"};
  json::object edits;
  for (const auto& name : asked.words)
    edits[name] = nullptr;
  with_edits(json::parse_object(hook.config), edits);
  hook_command_result result;
  result.words.config = {json::write(edits)};
  return result;
}

/// All services of the snap by its name, or one as SNAP.APP.
hook_command_result command_services(const hook_context& hook, const std::vector<std::string>& args) {
  const auto asked = words_of(args, {"--enable", "--disable", "--reload"});
  const auto& verb = asked.command;
  const std::string for_good = verb == "start" ? "--enable" : verb == "stop" ? "--disable" : "";
  for (const auto& flag : asked.flags)
    if (flag != for_good && !(verb == "restart" && flag == "--reload"))
      throw failure{"cannot " + verb + ": option " + flag + " doesn't go with it"};
  if (hook.is_guest)
    throw failure{"cannot " + verb + " services: this hook runs for a change of another snap"};
  if (asked.words.empty())
    throw failure{"cannot " + verb + " services: name them as SNAP or SNAP.APP"};
  hook_service_command command{
      asked.has("--reload") ? "reload" : verb, {}, !asked.flags.empty() && verb != "restart"};
  auto all = false;
  for (const auto& word : asked.words) {
    const auto dot = word.find('.');
    if (word.substr(0, dot) != hook.snap)
      throw failure{"cannot " + verb + " " + in_marks(word) + ": a hook may only " + verb +
                    " services of its own snap"};
    if (dot == word.npos) {
      all = true;
      continue;
    }
    const auto name = word.substr(dot + 1);
    const auto* app = hook.info ? hook.info->find_app(name) : nullptr;
    if (!app || !app->is_service())
      throw failure{"cannot " + verb + " " + in_marks(word) + ": snap " + in_marks(hook.snap) +
                    " has no service of that name"};
    command.names.push_back(name);
  }
  if (all)
    command.names.clear();
  hook_command_result result;
  result.words.services.push_back(std::move(command));
  return result;
}

/// Prints what has failed; its exit status tells without reading that.
hook_command_result is_undo(const hook_context& hook, const std::vector<std::string>& args) {
  if (args.size() > 1)
    throw failure{"cannot tell: is-undo takes no words"};
  hook_command_result result;
  if (hook.undo)
    result.out = hook.failed.empty() ? "" : hook.failed + "\n";
  else
    result.exit_code = 1;
  return result;
}

} // namespace

void add_words(hook_words& said, const hook_words& more) {
  if (said.services.size() + more.services.size() > limits::hook_service_commands)
    throw failure{"cannot do more with services: one run of a hook may ask for " +
                  std::to_string(limits::hook_service_commands) + " things at most"};
  if (more.health)
    said.health = more.health;
  if (more.attributes)
    said.attributes = more.attributes;
  said.config.insert(said.config.end(), more.config.begin(), more.config.end());
  said.services.insert(said.services.end(), more.services.begin(), more.services.end());
}

hook_context as_said(hook_context hook, const hook_words& said) {
  auto config = json::parse_object(hook.config);
  for (const auto& edits : said.config)
    config = with_edits(std::move(config), json::parse_object(edits));
  hook.config = json::write(config);
  if (said.attributes && hook.connection)
    (hook.connection->is_plug ? hook.connection->plug_dynamic : hook.connection->slot_dynamic) =
        *said.attributes;
  return hook;
}

bool is_answered_in_hook(const std::string& command) {
  return std::ranges::find(answered, command) != answered.end();
}

hook_command_result run_hook_command(const hook_context& hook, const std::vector<std::string>& args) {
  const auto& command = args.front();
  if (command == "get")
    return get(hook, args);
  if (command == "set")
    return set(hook, args);
  if (command == "unset")
    return unset(hook, args);
  if (command == "is-undo")
    return is_undo(hook, args);
  if (command == "system-mode")
    return {"system-mode: run\nseed-loaded: true\n"};
  if (command == "model")
    throw failure{"cannot tell the model: this system has none"};
  return command_services(hook, args);
}

} // namespace troupe
