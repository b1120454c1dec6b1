#include "runtime/snap/origin_json.hpp"

#include "runtime/snap/alias_json.hpp"

namespace troupe {

json::object to_json(const publisher& by) {
  return {{"id", by.id},
          {"username", by.username},
          {"display-name", by.display_name},
          {"validation", by.validation}};
}

json::object to_json(const snap_origin& origin) {
  if (origin == snap_origin{})
    return {};
  json::object result{{"snap-id", origin.snap_id}, {"publisher", to_json(origin.publisher)}};
  if (!origin.aliases.empty())
    result["aliases"] = to_json(origin.aliases);
  if (origin.declaration != "{}")
    result["declaration"] = origin.declaration;
  return result;
}

snap_origin origin_from_json(const json::object& from) {
  snap_origin origin;
  origin.snap_id = json::string_or(from, "snap-id");
  auto by = json::object_or(from, "publisher");
  origin.publisher = {json::string_or(by, "id"), json::string_or(by, "username"),
                      json::string_or(by, "display-name"), json::string_or(by, "validation")};
  origin.aliases = alias_map_from_json(json::object_or(from, "aliases"));
  origin.declaration = json::string_or(from, "declaration", "{}");
  return origin;
}

} // namespace troupe
