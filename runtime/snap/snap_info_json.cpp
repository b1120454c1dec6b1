#include "runtime/snap/snap_info_json.hpp"

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/time_span.hpp"
#include "runtime/snap/words.hpp"

namespace troupe {

namespace {

using variables = std::map<std::string, std::string>;

json::object written(const app_info& app);
json::object written(const hook_info& hook);
json::object written(const endpoint_info& endpoint);

[[noreturn]] void malformed(std::string_view key) {
  throw failure{"cannot read snap metadata: " + in_quotes(key) + " is malformed"};
}

void put(json::object& into, std::string_view key, const std::string& text) {
  if (!text.empty())
    into.emplace(key, text);
}

void put(json::object& into, std::string_view key, const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts)
    list.emplace_back(text);
  if (!list.empty())
    into.emplace(key, std::move(list));
}

void put(json::object& into, std::string_view key, const variables& texts) {
  json::object object;
  for (const auto& [name, text] : texts)
    object.emplace(name, text);
  if (!object.empty())
    into.emplace(key, std::move(object));
}

void put_time(json::object& into, std::string_view key, std::uint64_t milliseconds) {
  if (milliseconds)
    into.emplace(key, std::to_string(milliseconds) + "ms");
}

std::uint64_t time_in(const json::object& from, std::string_view key) {
  auto time = milliseconds_of(json::string_or(from, key, "0"));
  if (!time)
    malformed(key);
  return *time;
}

/// Writes named things as an object by name.
template <class Item>
void put_named(json::object& into, std::string_view key, const std::vector<Item>& items) {
  json::object object;
  for (const auto& item : items)
    object.emplace(item.name, written(item));
  if (!object.empty())
    into.emplace(key, std::move(object));
}

/// The object under a key; an empty one where it is absent.
const json::object& object_in(const json::object& from, std::string_view key) {
  static const json::object none;
  const auto* found = from.if_contains(key);
  if (!found)
    return none;
  if (!found->is_object())
    malformed(key);
  return found->get_object();
}

variables variables_in(const json::object& from, std::string_view key) {
  variables result;
  for (const auto& [name, text] : object_in(from, key)) {
    if (!text.is_string())
      malformed(key);
    result.emplace(name, text.get_string());
  }
  return result;
}

/// Reads what put_named wrote; the order of the names is the order written.
template <class Item, class Read>
std::vector<Item> named_in(const json::object& from, std::string_view key, Read read) {
  std::vector<Item> result;
  for (const auto& [name, value] : object_in(from, key)) {
    if (!value.is_object())
      malformed(key);
    result.push_back(read(std::string{name}, value.get_object()));
  }
  return result;
}

json::array written(const std::vector<std::uint32_t>& numbers) {
  json::array result;
  for (auto number : numbers)
    result.emplace_back(number);
  return result;
}

std::vector<std::uint32_t> numbers_in(const json::object& from, std::string_view key) {
  std::vector<std::uint32_t> result;
  const auto* found = from.if_contains(key);
  if (!found || !found->is_array())
    malformed(key);
  for (const auto& number : found->get_array()) {
    boost::json::error_code error;
    result.push_back(number.to_number<std::uint32_t>(error));
    if (error)
      malformed(key);
  }
  return result;
}

json::object written(const app_info& app) {
  json::object result;
  put(result, "command", app.command);
  put(result, "command-chain", app.command_chain);
  put(result, "stop-command", app.stop_command);
  put(result, "post-stop-command", app.post_stop_command);
  put(result, "reload-command", app.reload_command);
  put(result, "daemon", app.daemon);
  put(result, "restart-condition", app.restart_condition);
  put_time(result, "start-timeout", app.start_timeout_ms);
  put_time(result, "stop-timeout", app.stop_timeout_ms);
  put_time(result, "restart-delay", app.restart_delay_ms);
  put(result, "before", app.before);
  put(result, "after", app.after);
  put(result, "refresh-mode", app.refresh_mode);
  put(result, "environment", app.environment);
  put(result, "plugs", app.plugs);
  put(result, "slots", app.slots);
  put(result, "aliases", app.aliases);
  return result;
}

app_info app_from_json(std::string name, const json::object& from) {
  app_info app;
  app.name = std::move(name);
  app.command = json::string_or(from, "command");
  app.command_chain = json::strings(from, "command-chain");
  app.stop_command = json::string_or(from, "stop-command");
  app.post_stop_command = json::string_or(from, "post-stop-command");
  app.reload_command = json::string_or(from, "reload-command");
  app.daemon = json::string_or(from, "daemon");
  app.restart_condition = json::string_or(from, "restart-condition");
  app.start_timeout_ms = time_in(from, "start-timeout");
  app.stop_timeout_ms = time_in(from, "stop-timeout");
  app.restart_delay_ms = time_in(from, "restart-delay");
  app.before = json::strings(from, "before");
  app.after = json::strings(from, "after");
  app.refresh_mode = json::string_or(from, "refresh-mode");
  app.environment = variables_in(from, "environment");
  app.plugs = json::strings(from, "plugs");
  app.slots = json::strings(from, "slots");
  app.aliases = json::strings(from, "aliases");
  return app;
}

json::object written(const hook_info& hook) {
  json::object result;
  put(result, "plugs", hook.plugs);
  put(result, "slots", hook.slots);
  put(result, "environment", hook.environment);
  put(result, "command-chain", hook.command_chain);
  return result;
}

hook_info hook_from_json(std::string name, const json::object& from) {
  return {.name = std::move(name),
          .plugs = json::strings(from, "plugs"),
          .slots = json::strings(from, "slots"),
          .environment = variables_in(from, "environment"),
          .command_chain = json::strings(from, "command-chain")};
}

json::object written(const endpoint_info& endpoint) {
  json::object result{{"interface", endpoint.interface}};
  put(result, "label", endpoint.label);
  auto attributes = json::parse_object(endpoint.attributes);
  if (!attributes.empty())
    result.emplace("attributes", std::move(attributes));
  return result;
}

endpoint_info endpoint_from_json(std::string name, const json::object& from) {
  return {.name = std::move(name),
          .interface = json::string_or(from, "interface"),
          .label = json::string_or(from, "label"),
          .attributes = json::write(object_in(from, "attributes"))};
}

template <class Word>
auto known_word(const json::object& from, std::string_view key, Word from_word) {
  auto value = from_word(json::string_or(from, key));
  if (!value)
    malformed(key);
  return *value;
}

} // namespace

json::object to_json(const snap_info& info) {
  json::object result{{"name", info.name}, {"version", info.version}};
  result.emplace("type", to_word(info.type));
  put(result, "base", info.base);
  put(result, "title", info.title);
  put(result, "summary", info.summary);
  put(result, "description", info.description);
  put(result, "license", info.license);
  result.emplace("confinement", to_word(info.confinement));
  put(result, "grade", info.grade);
  result.emplace("epoch",
                 json::object{{"read", written(info.epoch.read)}, {"write", written(info.epoch.write)}});
  put(result, "architectures", info.architectures);
  put(result, "assumes", info.assumes);
  put(result, "environment", info.environment);
  put_named(result, "apps", info.apps);
  put_named(result, "hooks", info.hooks);
  put_named(result, "plugs", info.plugs);
  put_named(result, "slots", info.slots);
  put(result, "refresh-pending-behavior", info.refresh_pending_behavior);
  if (info.image_bytes)
    result.emplace("image-bytes", info.image_bytes);
  return result;
}

snap_info snap_info_from_json(const json::object& from) {
  snap_info info;
  info.name = json::string_or(from, "name");
  info.version = json::string_or(from, "version");
  info.type = known_word(from, "type", snap_type_from_word);
  info.base = json::string_or(from, "base");
  info.title = json::string_or(from, "title");
  info.summary = json::string_or(from, "summary");
  info.description = json::string_or(from, "description");
  info.license = json::string_or(from, "license");
  info.confinement = known_word(from, "confinement", confinement_from_word);
  info.grade = json::string_or(from, "grade");
  const auto& numbers = object_in(from, "epoch");
  info.epoch = {numbers_in(numbers, "read"), numbers_in(numbers, "write")};
  info.architectures = json::strings(from, "architectures");
  info.assumes = json::strings(from, "assumes");
  info.environment = variables_in(from, "environment");
  info.apps = named_in<app_info>(from, "apps", app_from_json);
  info.hooks = named_in<hook_info>(from, "hooks", hook_from_json);
  info.plugs = named_in<endpoint_info>(from, "plugs", endpoint_from_json);
  info.slots = named_in<endpoint_info>(from, "slots", endpoint_from_json);
  info.refresh_pending_behavior = json::string_or(from, "refresh-pending-behavior");
  auto bytes = json::int_or(from, "image-bytes");
  if (bytes < 0)
    malformed("image-bytes");
  info.image_bytes = static_cast<std::uint64_t>(bytes);
  return info;
}

} // namespace troupe
