#include "runtime/api/notice_resources.hpp"

#include "runtime/limits.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

/// As Go writes a duration: the client can't read another form.
std::string as_go_duration(std::chrono::hours length) {
  return std::to_string(length.count()) + "h0m0s";
}

} // namespace

json::object notice_resource(const notice& what) {
  json::object result{{"id", std::to_string(what.id)},
                      {"user-id", what.uid ? json::value(*what.uid) : json::value(nullptr)},
                      {"type", what.type},
                      {"key", what.key},
                      {"first-occurred", to_rfc3339(what.first_occurred)},
                      {"last-occurred", to_rfc3339(what.last_occurred)},
                      {"last-repeated", to_rfc3339(what.last_repeated)},
                      {"occurrences", what.occurrences},
                      {"expire-after", as_go_duration(limits::notice_age)}};
  if (!what.data.empty()) {
    json::object data;
    for (const auto& [key, value] : what.data)
      data[key] = value;
    result["last-data"] = std::move(data);
  }
  return result;
}

json::object warning_resource(const warning& what) {
  json::object result{{"message", what.message},
                      {"first-added", to_rfc3339(what.first_added)},
                      {"last-added", to_rfc3339(what.last_added)},
                      {"expire-after", as_go_duration(limits::warning_age)},
                      {"repeat-after", as_go_duration(limits::warning_repeat)}};
  if (is_set(what.last_shown))
    result["last-shown"] = to_rfc3339(what.last_shown);
  return result;
}

json::object history_resource(const history_entry& what) {
  json::object result{{"id", to_string(what.id)},
                      {"kind", what.kind},
                      {"summary", what.summary},
                      {"status", to_word(what.status)},
                      {"spawn-time", to_rfc3339(what.spawned_at)},
                      {"ready-time", to_rfc3339(what.ready_at)},
                      {"snap-names", json::array(what.snaps.begin(), what.snaps.end())}};
  if (!what.error.empty())
    result["err"] = what.error;
  return result;
}

} // namespace troupe
