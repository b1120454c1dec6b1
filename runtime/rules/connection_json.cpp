#include "runtime/rules/connection_json.hpp"

namespace troupe {

json::value to_json(const std::optional<connection>& from) {
  if (!from)
    return nullptr;
  json::object result{{"interface", from->interface}};
  if (from->automatic)
    result["automatic"] = true;
  if (from->undesired)
    result["undesired"] = true;
  if (from->plug_attributes != "{}")
    result["plug-attributes"] = from->plug_attributes;
  if (from->slot_attributes != "{}")
    result["slot-attributes"] = from->slot_attributes;
  return result;
}

std::optional<connection> connection_from_json(const json::value& from) {
  const auto* object = from.if_object();
  if (!object)
    return std::nullopt;
  return connection{json::string_or(*object, "interface"), json::bool_or(*object, "automatic"),
                    json::bool_or(*object, "undesired"),
                    json::string_or(*object, "plug-attributes", "{}"),
                    json::string_or(*object, "slot-attributes", "{}")};
}

json::object to_json(const std::map<connection_ref, connection>& from) {
  json::object result;
  for (const auto& [ref, known] : from)
    result[to_string(ref)] = to_json(std::optional{known});
  return result;
}

std::map<connection_ref, connection> connections_from_json(const json::object& from) {
  std::map<connection_ref, connection> result;
  for (const auto& [key, value] : from) {
    auto ref = connection_ref_from_text(key);
    auto known = connection_from_json(value);
    if (ref && known)
      result.emplace(*ref, *known);
  }
  return result;
}

} // namespace troupe
