#include "runtime/rules/interface_rule.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe {

namespace {

constexpr std::array all_abouts{rule_about::installation, rule_about::connection,
                                rule_about::auto_connection};
constexpr std::array snap_types{"core", "kernel", "gadget", "app"};

/// Which keys a map of conditions may have.
struct conditions_form {
  std::vector<std::string> ids;
  bool has_plug = false; ///< Conditions on names and attributes of the plug.
  bool has_slot = false;
  bool has_arity = false;
};

conditions_form form_of(rule_side side, rule_about about, bool is_allow) {
  const auto is_plug = side == rule_side::plug;
  if (about == rule_about::installation)
    return is_plug ? conditions_form{{"plug-snap-type", "plug-snap-id"}, true, false, false}
                   : conditions_form{{"slot-snap-type", "slot-snap-id"}, false, true, false};
  return is_plug
             ? conditions_form{{"slot-snap-type", "slot-snap-id", "slot-publisher-id"},
                               true,
                               true,
                               is_allow}
             : conditions_form{{"slot-snap-type", "plug-snap-type", "plug-snap-id", "plug-publisher-id"},
                               true,
                               true,
                               is_allow};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::optional<bool> shortcut(const json::value& from) {
  const auto text = scalar_text(from);
  return text == "true" ? std::optional{true} : text == "false" ? std::optional{false} : std::nullopt;
}

std::vector<std::string> texts_in(const json::value& from, const rule_place& place, bool one_is_enough) {
  if (one_is_enough)
    if (auto text = scalar_text(from))
      return {*text};
  const auto* list = from.if_array();
  if (!list || list->empty())
    place.refuse("must be a list of texts, at least one");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto text = scalar_text((*list)[i]);
    if (!text || text->empty())
      place.at(i).refuse("must be a text");
    texts.push_back(*text);
  }
  return texts;
}

name_rule names_in(const json::value& from, const rule_place& place) {
  name_rule result;
  const auto texts = texts_in(from, place, false);
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts[i] == "$INTERFACE")
      result.may_be_interface = true;
    else if (texts[i].starts_with('$'))
      place.at(i).refuse(in_marks(texts[i]) + " isn't known; there is $INTERFACE");
    else
      result.expressions.emplace_back(texts[i], place.at(i));
  return result;
}

std::vector<std::string> ids_in(const std::string& key, const json::value& from,
                                const rule_place& place) {
  auto ids = texts_in(from, place, false);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (key.ends_with("-snap-type") && std::ranges::find(snap_types, ids[i]) == snap_types.end())
      place.at(i).refuse(in_marks(ids[i]) +
                         " is no type of snap; there are core, kernel, gadget and app");
    const auto* const other = key == "slot-publisher-id"   ? "$PLUG_PUBLISHER_ID"
                              : key == "plug-publisher-id" ? "$SLOT_PUBLISHER_ID"
                                                           : nullptr;
    if (ids[i].starts_with('$') && (!other || ids[i] != other))
      place.at(i).refuse(in_marks(ids[i]) + " isn't known here" +
                         (other ? std::string{"; there is "} + other : ""));
  }
  return ids;
}

classic_rule classic_in(const json::value& from, const rule_place& place) {
  if (const auto flag = shortcut(from))
    return {*flag, {}};
  if (!from.is_array())
    place.refuse("must be true, false or a list of distributions");
  return {true, texts_in(from, place, false)};
}

arity arity_in(const json::value& from, const rule_place& place) {
  const auto text = scalar_text(from);
  const auto found = text ? arity_from_text(*text) : std::nullopt;
  if (!found)
    place.refuse("must be a whole number from 1, a range like 1-3, or \"*\"");
  return *found;
}

rule_conditions conditions_in(const json::object& from, const conditions_form& form,
                              const rule_place& place) {
  std::vector<std::string> known = form.ids;
  for (const auto& [side, has] : {std::pair{"plug", form.has_plug}, {"slot", form.has_slot}})
    for (const auto* what : {"-names", "-attributes"})
      if (has)
        known.push_back(std::string{side} + what);
  if (form.has_arity)
    known.insert(known.end(), {"slots-per-plug", "plugs-per-slot"});
  known.insert(known.end(), {"on-classic", "on-store", "on-brand", "on-model"});
  if (from.empty())
    place.refuse("must have at least one of " + joined(known));
  rule_conditions result;
  for (const auto& [name, value] : from) {
    const std::string key{name};
    const auto at = place.at(key);
    if (std::ranges::find(known, key) == known.end())
      at.refuse("isn't known here; there are " + joined(known));
    if (key.ends_with("-names"))
      (key.starts_with("plug") ? result.plug_names : result.slot_names) = names_in(value, at);
    else if (key.ends_with("-attributes"))
      (key.starts_with("plug") ? result.plug_attributes : result.slot_attributes).emplace(value, at);
    else if (key == "on-classic")
      result.classic = classic_in(value, at);
    else if (key == "on-store")
      result.stores = texts_in(value, at, false);
    else if (key == "on-brand")
      result.brands = texts_in(value, at, false);
    else if (key == "on-model")
      result.models = texts_in(value, at, false);
    else if (key == "slots-per-plug")
      result.slots_per_plug = arity_in(value, at);
    else if (key == "plugs-per-slot")
      result.plugs_per_slot = arity_in(value, at);
    else
      result.ids.emplace(key, ids_in(key, value, at));
  }
  return result;
}

subrule subrule_in(const json::value& from, const conditions_form& form, const rule_place& place) {
  if (const auto flag = shortcut(from))
    return {*flag, {}};
  subrule result;
  if (const auto* map = from.if_object()) {
    result.alternatives.push_back(conditions_in(*map, form, place));
    return result;
  }
  const auto* list = from.if_array();
  if (!list || list->empty())
    place.refuse("must be true, false, a map of conditions or a list of such maps");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* map = (*list)[i].if_object();
    if (!map)
      place.at(i).refuse("must be a map of conditions");
    result.alternatives.push_back(conditions_in(*map, form, place.at(i)));
  }
  return result;
}

} // namespace

std::string_view to_word(rule_side side) { return side == rule_side::plug ? "plug" : "slot"; }

std::string_view to_word(rule_about about) {
  return about == rule_about::installation ? "installation"
         : about == rule_about::connection ? "connection"
                                           : "auto-connection";
}

interface_rule::interface_rule(rule_side side, const json::value& from, const rule_place& place)
    : allow_(all_abouts.size(), subrule{true, {}}), deny_(all_abouts.size(), subrule{false, {}}) {
  if (const auto flag = shortcut(from)) {
    allow_.assign(all_abouts.size(), subrule{*flag, {}});
    deny_.assign(all_abouts.size(), subrule{!*flag, {}});
    return;
  }
  const auto* map = from.if_object();
  if (!map)
    place.refuse("must be true, false or a map of rules");
  std::vector<std::string> known;
  std::size_t found = 0;
  for (const auto about : all_abouts)
    for (const auto is_allow : {true, false}) {
      const auto key = std::string{is_allow ? "allow-" : "deny-"} + std::string{to_word(about)};
      known.push_back(key);
      const auto entry = map->find(key);
      if (entry == map->end())
        continue;
      ++found;
      (is_allow ? allow_ : deny_).at(static_cast<std::size_t>(about)) =
          subrule_in(entry->value(), form_of(side, about, is_allow), place.at(key));
    }
  for (const auto& [key, value] : *map)
    if (std::ranges::find(known, std::string_view{key}) == known.end())
      place.at(key).refuse("isn't known here; there are " + joined(known));
  if (found == 0)
    place.refuse("must have at least one of " + joined(known));
}

} // namespace troupe
