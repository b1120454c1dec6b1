#include "runtime/rules/system_options.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/option_values.hpp"

namespace troupe {

namespace {

constexpr std::array options{
    system_option{"refresh.timer", "when snaps are refreshed by themselves",
                  "a timer such as `mon-fri,23:00-01:00` or `00:00~24:00/4`", default_refresh_timer,
                  option_values::timer},
    system_option{"refresh.hold", "until when no snap is refreshed by itself",
                  "a time such as `2024-05-01T10:30:00Z`, or `forever`", "no hold", option_values::hold},
    system_option{"refresh.retain", "how many revisions of a snap are kept, the current one counted",
                  "2 to 20", "2", option_values::retain},
    system_option{"refresh.max-inhibition", "how long running applications may keep a refresh waiting",
                  "a length of time from `1s` to `366d`, or `off` for as long as they run", "off",
                  option_values::max_inhibition},
    system_option{"snapshots.automatic.retention", "how long a snapshot that `remove` has made is kept",
                  "a length of time from `24h` to `3660d`, or `no` to make none", "31d",
                  option_values::retention},
    system_option{"proxy.http", "the proxy for downloads over HTTP",
                  "a URL such as `http://proxy.example:3128`", "none", option_values::proxy},
    system_option{"proxy.https", "the proxy for downloads over HTTPS",
                  "a URL such as `http://proxy.example:3128`", "none", option_values::proxy},
    system_option{"proxy.no-proxy", "hosts that are reached without a proxy",
                  "hosts with commas between them, such as `localhost,.example.com`", "none",
                  option_values::no_proxy},
};

const system_option* find_option(std::string_view name) {
  const auto* found = std::find_if(options.begin(), options.end(),
                                   [&](const system_option& option) { return option.name == name; });
  return found == options.end() ? nullptr : found;
}

bool is_below(std::string_view name, std::string_view above) {
  return above.empty() ||
         (name.size() > above.size() && name.starts_with(above) && name[above.size()] == '.');
}

bool is_above_options(std::string_view name) {
  return std::any_of(options.begin(), options.end(),
                     [&](const system_option& option) { return is_below(option.name, name); });
}

/// How many letters to add, drop or exchange make one text of the other.
std::size_t letters_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, exchanged});
    }
  }
  return row[b.size()];
}

std::string no_such_option(std::string_view name) {
  std::string known;
  const system_option* nearest = nullptr;
  // Beyond this many letters it is another word.
  auto least = name.size() / 2 + 1;
  for (const auto& option : options) {
    known += (known.empty() ? "" : ", ") + std::string{option.name};
    bool is_its_end = !name.empty() && option.name.ends_with('.' + std::string{name});
    auto distance = is_its_end ? 0 : letters_between(name, option.name);
    if (distance < least) {
      least = distance;
      nearest = &option;
    }
  }
  std::string text = "there is no such option";
  if (nearest)
    text += "; did you mean " + std::string{nearest->name} + "?";
  return text + " (the options are " + known + ")";
}

std::string cannot(std::string_view verb, std::string_view name, const std::string& reason) {
  return "cannot " + std::string{verb} + " option " + json::write(json::value(name)) + ": " + reason;
}

} // namespace

std::span<const system_option> known_system_options() { return options; }

void system_options::set(const json::object& changes) {
  auto changed = values_;
  for (const auto& [name, value] : changes)
    set_one(changed, std::string{name}, value);
  values_ = std::move(changed);
}

void system_options::set_one(values& changed, const std::string& name, const json::value& value) const {
  if (name.size() > limits::option_name_bytes)
    throw failure{"cannot set option: its name is longer than " +
                  std::to_string(limits::option_name_bytes) + " bytes"};
  const auto* option = find_option(name);
  if (!option && (name.empty() || !is_above_options(name)))
    throw failure{cannot("set", name, no_such_option(name))};
  if (value.is_null()) {
    std::erase_if(changed,
                  [&](const auto& one) { return one.first == name || is_below(one.first, name); });
  } else if (option) {
    try {
      changed.insert_or_assign(name, option->accept(value, read_time_));
    } catch (const failure& refusal) {
      throw failure{cannot("set", name, refusal.what())};
    }
  } else if (value.is_object()) {
    for (const auto& [key, child] : value.get_object())
      set_one(changed, name + '.' + std::string{key}, child);
  } else {
    throw failure{cannot("set", name, "there are several options below it; set one of them")};
  }
}

json::value system_options::get(std::string_view name) const {
  if (auto found = values_.find(name); found != values_.end())
    return found->second;
  auto found = below(name);
  if (!found.empty() || name.empty())
    return found;
  if (name.size() > limits::option_name_bytes)
    throw failure{failure_kind::option_not_found, "cannot get option: its name is longer than " +
                                                      std::to_string(limits::option_name_bytes) +
                                                      " bytes"};
  bool known = find_option(name) || is_above_options(name);
  throw failure{failure_kind::option_not_found,
                cannot("get", name, known ? "it is not set" : no_such_option(name))};
}

json::object system_options::below(std::string_view name) const {
  json::object result;
  for (const auto& [full, value] : values_) {
    if (!is_below(full, name))
      continue;
    auto* at = &result;
    std::string_view rest = full;
    rest.remove_prefix(name.empty() ? 0 : name.size() + 1);
    for (auto dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
      at = &at->emplace(rest.substr(0, dot), json::object{}).first->value().get_object();
      rest.remove_prefix(dot + 1);
    }
    at->emplace(rest, value);
  }
  return result;
}

std::string system_options::text(std::string_view name) const {
  auto found = values_.find(name);
  return found == values_.end() ? std::string{} : std::string{found->second.get_string()};
}

refresh_timer system_options::timer() const {
  auto set = text("refresh.timer");
  return parse_refresh_timer(set.empty() ? default_refresh_timer : set);
}

std::optional<refresh_hold> system_options::hold() const {
  auto set = text("refresh.hold");
  if (set.empty())
    return std::nullopt;
  refresh_hold result;
  result.holder = hold_holder::system;
  if (set != "forever")
    result.until = read_time_(set);
  return result;
}

std::int64_t system_options::retain() const {
  auto found = values_.find("refresh.retain");
  return found == values_.end() ? limits::refresh_retain_default : found->second.get_int64();
}

std::optional<duration> system_options::max_inhibition() const {
  auto set = text("refresh.max-inhibition");
  return set.empty() ? std::nullopt : option_values::max_inhibition_of(set);
}

std::optional<duration> system_options::snapshot_retention() const {
  auto set = text("snapshots.automatic.retention");
  return set.empty() ? limits::snapshot_age : option_values::retention_of(set);
}

} // namespace troupe
