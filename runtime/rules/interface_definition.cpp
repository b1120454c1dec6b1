#include "runtime/rules/interface_definition.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "runtime/rules/rule_values.hpp"

namespace troupe {

namespace {

constexpr std::array<std::pair<std::string_view, attribute_shape::kind>, 6> kinds{
    {{"text", attribute_shape::kind::text},
     {"texts", attribute_shape::kind::texts},
     {"path", attribute_shape::kind::text},
     {"paths", attribute_shape::kind::texts},
     {"flag", attribute_shape::kind::flag},
     {"map", attribute_shape::kind::map}}};

attribute_shape shape_from(const json::value& from, const rule_place& place) {
  attribute_shape shape;
  std::optional<json::value> otherwise;
  for (const auto& [key, value] : map_at(from, place)) {
    const auto at = place.at(key);
    if (key == "is") {
      const auto word = text_at(value, at);
      const auto* kind =
          std::ranges::find(kinds, word, &std::pair<std::string_view, attribute_shape::kind>::first);
      if (kind == kinds.end())
        at.refuse(in_marks(word) + " isn't text, texts, path, paths, flag or map");
      shape.is = kind->second;
      shape.is_path = word.starts_with("path");
    } else if (key == "required")
      shape.is_required = flag_at(value, at);
    else if (key == "pattern")
      shape.pattern.emplace(text_at(value, at), at);
    else if (key == "one-of")
      shape.choices = texts_at(value, at);
    else if (key == "otherwise")
      otherwise = value;
    else
      at.refuse("isn't known");
  }
  if (otherwise)
    shape.otherwise = shape.is == attribute_shape::kind::flag
                          ? json::value(flag_at(*otherwise, place.at("otherwise")))
                          : json::value(text_at(*otherwise, place.at("otherwise")));
  return shape;
}

std::map<std::string, attribute_shape> shapes_from(const json::value& from, const rule_place& place) {
  std::map<std::string, attribute_shape> shapes;
  for (const auto& [name, value] : map_at(from, place))
    shapes.emplace(name, shape_from(value, place.at(name)));
  return shapes;
}

std::string fault_of_text(const json::value& value, const attribute_shape& shape) {
  if (!value.is_string())
    return "must be a text";
  const std::string text{value.get_string()};
  if (!shape.choices.empty() && std::ranges::find(shape.choices, text) == shape.choices.end()) {
    std::string words;
    for (const auto& each : shape.choices)
      words += (words.empty() ? "" : " or ") + in_marks(each);
    return in_marks(text) + " isn't " + words;
  }
  if (shape.is_path && leaves_its_directory(text))
    return in_marks(text) + " has a part \"..\"";
  if (shape.pattern && !shape.pattern->matches(text))
    return in_marks(text) + " isn't of the form " + shape.pattern->text();
  return {};
}

std::string fault_of_value(const json::value& value, const attribute_shape& shape) {
  switch (shape.is) {
  case attribute_shape::kind::text:
    return fault_of_text(value, shape);
  case attribute_shape::kind::flag:
    return value.is_bool() ? "" : "must be true or false";
  case attribute_shape::kind::map:
    return value.is_object() ? "" : "must be a map";
  case attribute_shape::kind::texts:
    break;
  }
  if (!value.is_array())
    return "must be a list of texts";
  for (const auto& item : value.get_array())
    if (auto fault = fault_of_text(item, shape); !fault.empty())
      return fault;
  return {};
}

} // namespace

interface_definition interface_from(const json::object& from) {
  interface_definition result;
  const rule_place root;
  for (const auto& [key, value] : from) {
    const auto at = root.at(key);
    if (key == "name")
      result.name = text_at(value, at);
    else if (key == "summary")
      result.summary = text_at(value, at);
    else if (key == "host-slot")
      result.on_host = flag_at(value, at);
    else if (key == "match")
      result.match = texts_at(value, at);
    else if (key == "attributes")
      for (const auto& [side, shapes] : map_at(value, at)) {
        if (side != "plug" && side != "slot")
          at.at(side).refuse("isn't known");
        (side == "plug" ? result.plug_attributes : result.slot_attributes) =
            shapes_from(shapes, at.at(side));
      }
    else if (key == "grants")
      result.grants = grants_from(value, at);
    else if (key == "rules")
      for (const auto& [side, rule] : map_at(value, at)) {
        if (side == "plugs")
          result.plug_rule.emplace(rule_side::plug, rule, at.at(side));
        else if (side == "slots")
          result.slot_rule.emplace(rule_side::slot, rule, at.at(side));
        else
          at.at(side).refuse("isn't known");
      }
    else
      at.refuse("isn't known");
  }
  for (const auto* needed : {"name", "summary", "rules"})
    if (!from.contains(needed))
      root.at(needed).refuse("is missing");
  return result;
}

interface_book::interface_book(std::vector<interface_definition> all) {
  for (auto& each : all) {
    if (each.plug_rule)
      base_.plugs.emplace(each.name, *each.plug_rule);
    if (each.slot_rule)
      base_.slots.emplace(each.name, *each.slot_rule);
    auto name = each.name;
    all_.emplace(std::move(name), std::move(each));
  }
}

std::string interface_book::fault_of(rule_side side, const endpoint_info& endpoint) const {
  const auto* known = find(endpoint.interface);
  if (!known)
    return "interface " + in_marks(endpoint.interface) + " isn't known by this version";
  const auto attributes = attributes_of(side, endpoint);
  for (const auto& [name, shape] : known->attributes(side)) {
    const auto* value = attributes.if_contains(name);
    if (!value && shape.is_required)
      return "attribute " + in_marks(name) + " is missing";
    if (auto fault = value ? fault_of_value(*value, shape) : std::string{}; !fault.empty())
      return "attribute " + in_marks(name) + ": " + fault;
  }
  return {};
}

json::object interface_book::attributes_of(rule_side side, const endpoint_info& endpoint) const {
  auto attributes = json::parse_object(endpoint.attributes);
  if (const auto* known = find(endpoint.interface))
    for (const auto& [name, shape] : known->attributes(side))
      if (shape.otherwise && !attributes.contains(name))
        attributes[name] =
            *shape.otherwise == json::value("$NAME") ? json::value(endpoint.name) : *shape.otherwise;
  return attributes;
}

bool leaves_its_directory(const std::string& path) {
  return ("/" + path + "/").find("/../") != std::string::npos;
}

std::string why_unlike(const interface_definition& of, const json::object& plug,
                       const json::object& slot) {
  for (const auto& name : of.match) {
    const auto* in_plug = plug.if_contains(name);
    const auto* in_slot = slot.if_contains(name);
    if (!in_plug || !in_slot || *in_plug != *in_slot)
      return "they have different attributes " + in_marks(name);
  }
  return {};
}

} // namespace troupe
