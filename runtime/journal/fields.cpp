#include "runtime/journal/fields.hpp"

#include <simdjson.h>

#include <boost/nowide/utf/convert.hpp>
#include <limits>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/connection_json.hpp"
#include "runtime/snap/alias_json.hpp"
#include "runtime/snap/health_json.hpp"
#include "runtime/snap/origin_json.hpp"
#include "runtime/snap/snap_info_json.hpp"

namespace troupe::journal {

namespace {

constexpr std::string_view empty_array = "[]";

std::string json_text(const json::value& document) {
  auto text = json::write(document);
  if (!simdjson::validate_utf8(text))
    text = boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
  return text;
}

json::array parse_array(std::string_view text) {
  auto document = json::parse(text);
  if (!document.is_array())
    throw failure{"cannot read JSON: it must be an array"};
  return std::move(document.get_array());
}

template <class Number>
Number number_from(const json::value& item) {
  boost::json::error_code code;
  auto number = item.to_number<Number>(code);
  if (code)
    throw failure{"cannot read JSON: " + code.message()};
  return number;
}

json::object to_json(const installed_revision& installed) {
  json::object result{{"revision", installed.rev.number},
                      {"installed-at", to_column(installed.installed_at)}};
  if (!installed.config.empty())
    result["config"] = installed.config;
  if (installed.info)
    result["info"] = to_json(*installed.info);
  return result;
}

json::object to_json(const bad_revision& bad) {
  return {{"revision", bad.rev.number}, {"reason", bad.reason}, {"since", to_column(bad.since)}};
}

json::object to_json(const download_source& source) {
  if (!source)
    return {};
  return {{"store", source.store},
          {"file", source.file},
          {"bytes", source.bytes},
          {"sha3-384", source.sha3_384}};
}

download_source download_from(const json::object& from) {
  return {json::string_or(from, "store"), json::string_or(from, "file"),
          static_cast<std::uint64_t>(json::int_or(from, "bytes")), json::string_or(from, "sha3-384")};
}

revision revision_from(const json::object& from, std::string_view key) {
  auto number = json::int_or(from, key);
  if (number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max())
    throw failure{"cannot read JSON: revision " + std::to_string(number) + " is out of range"};
  return revision{static_cast<std::int32_t>(number)};
}

installed_revision installed_from(const json::value& item) {
  if (!item.is_object())
    throw failure{"cannot read JSON: a revision must be an object"};
  const auto& from = item.get_object();
  installed_revision result{revision_from(from, "revision"), nullptr,
                            time_from_column(json::int_or(from, "installed-at")),
                            json::string_or(from, "config")};
  if (const auto* info = from.if_contains("info"); info && info->is_object())
    result.info = std::make_shared<const snap_info>(snap_info_from_json(info->get_object()));
  return result;
}

} // namespace

std::int64_t to_column(const snap_flags& flags) {
  return (flags.devmode ? 1 : 0) | (flags.jailmode ? 2 : 0) | (flags.classic ? 4 : 0);
}

snap_flags flags_from_column(std::int64_t bits) {
  return {.devmode = (bits & 1) != 0, .jailmode = (bits & 2) != 0, .classic = (bits & 4) != 0};
}

task_status status_from_column(std::string_view word) {
  auto status = status_from_word(word);
  if (!status)
    throw failure{"unknown status \"" + std::string{word} + "\""};
  return *status;
}

std::string to_column(const std::vector<std::string>& lines) {
  if (lines.empty())
    return std::string{empty_array};
  return json_text(json::array(lines.begin(), lines.end()));
}

std::string to_column(const std::vector<task_id>& ids) {
  json::array result;
  for (auto id : ids)
    result.push_back(id.value);
  return json::write(result);
}

std::string to_column(const std::vector<lane_number>& lanes) {
  return json::write(json::array(lanes.begin(), lanes.end()));
}

std::vector<std::string> strings_from_column(std::string_view text) {
  std::vector<std::string> result;
  if (text == empty_array)
    return result;
  for (const auto& item : parse_array(text)) {
    if (!item.is_string())
      throw failure{"cannot read JSON: it must be an array of strings"};
    result.emplace_back(item.get_string());
  }
  return result;
}

std::vector<task_id> task_ids_from_column(std::string_view text) {
  std::vector<task_id> result;
  if (text == empty_array)
    return result;
  for (const auto& item : parse_array(text))
    result.push_back(task_id{number_from<std::uint64_t>(item)});
  return result;
}

std::vector<lane_number> lanes_from_column(std::string_view text) {
  std::vector<lane_number> result;
  if (text == empty_array)
    return result;
  for (const auto& item : parse_array(text))
    result.push_back(number_from<lane_number>(item));
  return result;
}

std::string to_column(const std::map<std::string, std::string>& data) {
  json::object result;
  for (const auto& [key, value] : data)
    result[key] = value;
  return json_text(result);
}

std::map<std::string, std::string> data_from_column(std::string_view text) {
  std::map<std::string, std::string> result;
  auto from = json::parse_object(text);
  for (const auto& item : from)
    result.emplace(item.key(), json::string_or(from, item.key()));
  return result;
}

std::optional<std::string> to_column(const snap_info_ptr& info) {
  if (!info)
    return std::nullopt;
  return json_text(to_json(*info));
}

snap_info_ptr info_from_column(std::string_view text) {
  return std::make_shared<const snap_info>(snap_info_from_json(json::parse_object(text)));
}

std::optional<std::string> to_column(const snap_state& state) {
  if (!state.is_installed())
    return std::nullopt;
  json::array revisions;
  for (const auto& installed : state.revisions)
    revisions.push_back(to_json(installed));
  json::array bad;
  for (const auto& known : state.bad)
    bad.push_back(to_json(known));
  return json_text(json::object{{"revisions", std::move(revisions)},
                                {"current", state.current.number},
                                {"active", state.active},
                                {"channel", state.channel},
                                {"flags", to_column(state.flags)},
                                {"config", state.config},
                                {"origin", to_json(state.origin)},
                                {"bad", std::move(bad)},
                                {"health", to_json(state.health)},
                                {"aliases", to_json(state.aliases)},
                                {"no-automatic-aliases", state.no_automatic_aliases},
                                {"connections", troupe::to_json(state.connections)},
                                {"disabled-services", json::array(state.disabled_services.begin(),
                                                                  state.disabled_services.end())}});
}

void state_from_column(std::string_view text, snap_state& state) {
  auto from = json::parse_object(text);
  if (const auto* revisions = from.if_contains("revisions"); revisions && revisions->is_array())
    for (const auto& item : revisions->get_array())
      state.revisions.push_back(installed_from(item));
  state.current = revision_from(from, "current");
  state.active = json::bool_or(from, "active");
  state.channel = json::string_or(from, "channel");
  state.flags = flags_from_column(json::int_or(from, "flags"));
  state.config = json::string_or(from, "config", "{}");
  state.origin = origin_from_json(json::object_or(from, "origin"));
  if (const auto* bad = from.if_contains("bad"); bad && bad->is_array())
    for (const auto& item : bad->get_array())
      if (item.is_object())
        state.bad.push_back({revision_from(item.get_object(), "revision"),
                             json::string_or(item.get_object(), "reason"),
                             time_from_column(json::int_or(item.get_object(), "since"))});
  if (const auto* health = from.if_contains("health"))
    state.health = health_from_json(*health);
  state.aliases = aliases_from_json(json::object_or(from, "aliases"));
  state.no_automatic_aliases = json::bool_or(from, "no-automatic-aliases");
  state.disabled_services = json::strings(from, "disabled-services");
  state.connections = connections_from_json(json::object_or(from, "connections"));
}

std::string more_column(const operation& op) {
  json::object more;
  if (op.download)
    more["download"] = to_json(op.download);
  if (op.origin != snap_origin{})
    more["origin"] = to_json(op.origin);
  if (op.from)
    more["from"] = op.from.number;
  if (op.is_prerequisite)
    more["prerequisite"] = true;
  if (!op.missing.empty())
    more["missing"] = op.missing;
  if (op.snapshot_set)
    more["snapshot-set"] = op.snapshot_set;
  if (!op.app.empty())
    more["app"] = op.app;
  if (!op.alias.empty())
    more["alias"] = op.alias;
  if (op.unaliased)
    more["unaliased"] = true;
  if (!op.aliases_added.empty())
    more["aliases-added"] = troupe::to_json(op.aliases_added);
  if (!op.aliases_removed.empty())
    more["aliases-removed"] = troupe::to_json(op.aliases_removed);
  if (!op.services.empty())
    more["services"] = json::array(op.services.begin(), op.services.end());
  if (op.for_good)
    more["for-good"] = true;
  if (!op.connections.empty()) {
    json::array refs;
    for (const auto& ref : op.connections)
      refs.emplace_back(to_string(ref));
    more["connections"] = std::move(refs);
  }
  if (op.forget)
    more["forget"] = true;
  if (op.config != "{}")
    more["config"] = op.config;
  return json_text(more);
}

void more_from_column(std::string_view text, operation& op) {
  auto from = json::parse_object(text);
  op.download = download_from(json::object_or(from, "download"));
  op.origin = origin_from_json(json::object_or(from, "origin"));
  op.from = revision_from(from, "from");
  op.is_prerequisite = json::bool_or(from, "prerequisite");
  op.missing = json::string_or(from, "missing");
  op.snapshot_set = static_cast<std::uint64_t>(json::int_or(from, "snapshot-set"));
  op.app = json::string_or(from, "app");
  op.alias = json::string_or(from, "alias");
  op.unaliased = json::bool_or(from, "unaliased");
  op.aliases_added = alias_map_from_json(json::object_or(from, "aliases-added"));
  op.aliases_removed = alias_map_from_json(json::object_or(from, "aliases-removed"));
  op.services = json::strings(from, "services");
  op.for_good = json::bool_or(from, "for-good");
  for (const auto& text : json::strings(from, "connections"))
    if (auto ref = connection_ref_from_text(text))
      op.connections.push_back(*ref);
  op.forget = json::bool_or(from, "forget");
  op.config = json::string_or(from, "config", "{}");
}

} // namespace troupe::journal
