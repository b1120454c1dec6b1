#include "runtime/snap/alias_json.hpp"

namespace troupe {

json::object to_json(const std::map<std::string, snap_alias>& aliases) {
  json::object result;
  for (const auto& [alias, target] : aliases)
    result[alias] = json::object{{"automatic", target.automatic}, {"manual", target.manual}};
  return result;
}

std::map<std::string, snap_alias> aliases_from_json(const json::object& from) {
  std::map<std::string, snap_alias> result;
  for (const auto& [alias, target] : from)
    if (target.is_object())
      result[alias] = {json::string_or(target.get_object(), "automatic"),
                       json::string_or(target.get_object(), "manual")};
  return result;
}

json::object to_json(const std::map<std::string, std::string>& aliases) {
  json::object result;
  for (const auto& [alias, app] : aliases)
    result[alias] = app;
  return result;
}

std::map<std::string, std::string> alias_map_from_json(const json::object& from) {
  std::map<std::string, std::string> result;
  for (const auto& item : from)
    result.emplace(item.key(), json::string_or(from, item.key()));
  return result;
}

} // namespace troupe
