#include "runtime/snap/health_json.hpp"

namespace troupe {

json::value to_json(const std::optional<snap_health>& health) {
  if (!health)
    return nullptr;
  const auto& [status, message, code] = health->report;
  return json::object{{"status", to_word(status)},
                      {"message", message},
                      {"code", code},
                      {"revision", to_string(health->rev)},
                      {"since", health->since.time_since_epoch().count()}};
}

std::optional<snap_health> health_from_json(const json::value& from) {
  if (!from.is_object())
    return std::nullopt;
  const auto& fields = from.get_object();
  auto status = health_from_word(json::string_or(fields, "status"));
  auto rev = revision_from_text(json::string_or(fields, "revision"));
  if (!status || !rev)
    return std::nullopt;
  return snap_health{{*status, json::string_or(fields, "message"), json::string_or(fields, "code")},
                     *rev,
                     time_point{duration{json::int_or(fields, "since")}}};
}

} // namespace troupe
