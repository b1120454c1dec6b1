#include "runtime/api/settings_requests.hpp"

#include <set>

#include "messages/failure.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/config_edit.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

template <class Find>
json::object values_of(const std::vector<std::string>& names, Find find) {
  json::object result;
  for (const auto& name : names)
    result[name] = find(name);
  return result;
}

} // namespace

json::object options_resource(const system_options& options, const std::vector<std::string>& names) {
  if (names.empty())
    return options.document();
  return values_of(names, [&](const std::string& name) { return options.get(name); });
}

json::object options_resource(const snap_state& snap, const std::vector<std::string>& names) {
  auto document = json::parse_object(snap.config);
  if (names.empty())
    return document;
  return values_of(names, [&](const std::string& name) {
    const auto* found = find_value(document, name);
    if (!found)
      throw failure{failure_kind::option_not_found,
                    "snap \"" + snap.name + "\" has no " + in_quotes(name) + " configuration option"};
    return *found;
  });
}

hold_request hold_request_of(const json::object& body, const std::vector<std::string>& names) {
  hold_request wanted;
  if (names.size() > limits::change_snaps)
    throw failure{"cannot hold refreshes: " + std::to_string(names.size()) +
                  " snaps are named, and at most " + std::to_string(limits::change_snaps) +
                  " are allowed"};
  for (const auto& name : std::set<std::string>{names.begin(), names.end()}) {
    check_instance_name(name);
    wanted.snaps.push_back(name);
  }
  if (auto level = json::string_or(body, "hold-level"); !level.empty())
    wanted.level = hold_level_from_word(level);
  wanted.reason = json::string_or(body, "reason");
  try {
    if (auto time = json::string_or(body, "time", "forever"); time != "forever")
      wanted.until = from_rfc3339(time);
  } catch (const failure& why) {
    throw failure{"cannot hold refreshes: " + as_one_line(why.what())};
  }
  return wanted;
}

} // namespace troupe
