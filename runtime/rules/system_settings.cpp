#include "runtime/rules/system_settings.hpp"

#include <array>
#include <functional>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

constexpr std::array holders{hold_holder::user, hold_holder::system, hold_holder::snap};

json::object to_json(const refresh_hold& hold) {
  json::object result{{"snap", hold.snap},
                      {"holder", static_cast<std::int64_t>(hold.holder)},
                      {"level", to_word(hold.level)},
                      {"since", hold.since.time_since_epoch().count()}};
  if (!hold.by.empty())
    result["by"] = hold.by;
  if (hold.until)
    result["until"] = hold.until->time_since_epoch().count();
  if (!hold.reason.empty())
    result["reason"] = hold.reason;
  return result;
}

time_point time_from(const json::object& from, std::string_view key) {
  return time_point{duration{json::int_or(from, key)}};
}

refresh_hold hold_from(const json::object& from) {
  refresh_hold hold;
  auto holder = static_cast<std::size_t>(json::int_or(from, "holder"));
  if (holder >= holders.size())
    throw failure{"cannot read hold: its holder is unknown"};
  hold.holder = holders.at(holder);
  hold.snap = json::string_or(from, "snap");
  hold.by = json::string_or(from, "by");
  hold.level = hold_level_from_word(json::string_or(from, "level"));
  hold.since = time_from(from, "since");
  if (from.contains("until"))
    hold.until = time_from(from, "until");
  hold.reason = json::string_or(from, "reason");
  return hold;
}

std::vector<json::object> objects_in(const json::object& from, std::string_view key) {
  std::vector<json::object> result;
  const auto* items = from.if_contains(key);
  if (!items)
    return result;
  if (!items->is_array())
    throw failure{"cannot read settings: \"" + std::string{key} + "\" must be an array"};
  for (const auto& item : items->get_array()) {
    if (!item.is_object())
      throw failure{"cannot read settings: \"" + std::string{key} + "\" must hold objects"};
    result.push_back(item.get_object());
  }
  return result;
}

const refresh_hold* user_hold_on(const system_settings& settings, const std::string& snap) {
  for (const auto& hold : settings.holds)
    if (hold.holder == hold_holder::user && hold.snap == snap)
      return &hold;
  return nullptr;
}

/// What sets the user's hold on a snap as it stands.
json::object hold_value(const system_settings& settings, const std::string& snap) {
  const auto* hold = user_hold_on(settings, snap);
  return hold ? to_json(*hold) : json::object{{"snap", snap}, {"lifted", true}};
}

/// All options by dotted name, null where they aren't set.
json::object flat_options(const system_settings& settings) {
  json::object result;
  for (const auto& option : known_system_options()) {
    try {
      result[option.name] = settings.options.get(option.name);
    } catch (const failure&) {
      result[option.name] = nullptr;
    }
  }
  return result;
}

/// Whether a document of options, nested or with dotted names, says anything of this one.
bool names_option(const json::object& document, std::string_view name) {
  for (const auto& [key, value] : document) {
    if (key == name)
      return true;
    if (!name.starts_with(key) || name[key.size()] != '.')
      continue;
    if (value.is_null() ||
        (value.is_object() && names_option(value.get_object(), name.substr(key.size() + 1))))
      return true;
  }
  return false;
}

std::string names_of(const std::vector<std::string>& snaps) {
  std::string names;
  for (const auto& snap : snaps)
    names += (names.empty() ? "\"" : ", \"") + snap + '"';
  return snaps.empty() ? "all snaps" : (snaps.size() == 1 ? "snap " : "snaps ") + names;
}

std::vector<std::string> targets_of(const std::vector<std::string>& snaps) {
  return snaps.empty() ? std::vector<std::string>{std::string{}} : snaps;
}

json::array hold_values(const system_settings& settings, const std::vector<std::string>& snaps) {
  json::array result;
  for (const auto& snap : targets_of(snaps))
    result.push_back(hold_value(settings, snap));
  return result;
}

} // namespace

std::vector<refresh_hold> system_settings::all_holds() const {
  auto result = holds;
  if (auto option = options.hold())
    result.push_back(*option);
  return result;
}

void assign(system_settings& settings, const json::object& values, time_point now) {
  auto changed = settings;
  std::erase_if(changed.holds, [&](const refresh_hold& hold) {
    return hold.holder == hold_holder::user && hold.until && *hold.until <= now;
  });
  if (const auto* options = values.if_contains("options"); options && options->is_object())
    changed.options.set(options->get_object());
  for (const auto& item : objects_in(values, "holds")) {
    lift_hold(changed.holds, hold_holder::user, json::string_or(item, "snap"));
    if (!json::bool_or(item, "lifted"))
      changed.holds.push_back(hold_from(item));
  }
  if (changed.holds.size() > limits::refresh_holds)
    throw failure{"cannot hold refreshes: there are " + std::to_string(limits::refresh_holds) +
                  " holds, the most that can be; lift some with `refresh --unhold`"};
  settings = std::move(changed);
}

settings_change set_options(const system_settings& settings, const json::object& wanted) {
  auto changed = settings;
  changed.options.set(wanted);
  auto before = flat_options(settings);
  auto after = flat_options(changed);
  json::object set;
  json::object back;
  std::string names;
  for (const auto& [name, value] : after) {
    // What is as wanted now may be set otherwise by a change that is under way.
    if (!names_option(wanted, name))
      continue;
    set[name] = value;
    back[name] = before.at(name);
    names += (names.empty() ? "" : ", ") + std::string{name};
  }
  if (names.empty())
    throw failure{"cannot set options: none is named"};
  return {"configure-snap", "Set " + names, json::write(json::object{{"options", std::move(set)}}),
          json::write(json::object{{"options", std::move(back)}})};
}

settings_change hold_refreshes(const system_settings& settings, const hold_request& wanted,
                               time_point now) {
  auto changed = settings;
  for (const auto& snap : targets_of(wanted.snaps)) {
    refresh_hold hold;
    hold.snap = snap;
    hold.level = wanted.level;
    hold.until = wanted.until;
    hold.reason = wanted.reason;
    put_hold(changed.holds, hold, now);
  }
  return {"hold-snap", "Hold refreshes of " + names_of(wanted.snaps),
          json::write(json::object{{"holds", hold_values(changed, wanted.snaps)}}),
          json::write(json::object{{"holds", hold_values(settings, wanted.snaps)}})};
}

settings_change lift_holds(const system_settings& settings, const std::vector<std::string>& snaps) {
  auto changed = settings;
  for (const auto& snap : targets_of(snaps))
    lift_hold(changed.holds, hold_holder::user, snap);
  return {"unhold-snap", "Remove hold of " + names_of(snaps),
          json::write(json::object{{"holds", hold_values(changed, snaps)}}),
          json::write(json::object{{"holds", hold_values(settings, snaps)}})};
}

std::map<std::string, std::string> stored_settings(const system_settings& settings) {
  json::array holds;
  for (const auto& hold : settings.holds)
    holds.push_back(to_json(hold));
  auto options = flat_options(settings);
  for (const auto& option : known_system_options())
    if (options.at(option.name).is_null())
      options.erase(option.name);
  return {{"options", json::write(options)}, {"holds", json::write(holds)}};
}

system_settings settings_from_stored(const std::map<std::string, std::string>& stored,
                                     time_reader read_time, std::vector<std::string>& faults) {
  system_settings result{std::move(read_time)};
  auto trying = [&](const std::string& what, const std::function<void()>& read) {
    try {
      read();
    } catch (const failure& why) {
      faults.push_back("cannot read stored " + what + ", which is left out: " + why.what());
    }
  };
  if (auto options = stored.find("options"); options != stored.end())
    trying("options", [&] {
      for (const auto& [name, value] : json::parse_object(options->second))
        trying("option " + std::string{name}, [&] { result.options.set({{name, value}}); });
    });
  if (auto holds = stored.find("holds"); holds != stored.end())
    trying("holds", [&] {
      for (const auto& item : objects_in({{"holds", json::parse(holds->second)}}, "holds"))
        trying("hold", [&] { result.holds.push_back(hold_from(item)); });
    });
  return result;
}

} // namespace troupe
