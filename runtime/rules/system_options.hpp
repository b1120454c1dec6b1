#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "messages/time.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/refresh_hold.hpp"
#include "runtime/rules/refresh_timer.hpp"

namespace troupe {

/// Reads a time as RFC 3339 writes it. Throws failure for any other text.
using time_reader = std::function<time_point(std::string_view)>;

/// An option of the system, as help and docs/reference/options.md show it.
struct system_option {
  std::string_view name;     ///< Dotted, such as refresh.timer.
  std::string_view says;     ///< What it is for.
  std::string_view values;   ///< What it may be set to.
  std::string_view fallback; ///< What holds while it isn't set.
  /// Returns a value as it is kept. Throws failure with the reason alone.
  json::value (*accept)(const json::value& value, const time_reader& read_time);
};

/// All of them, in the order of the documentation.
std::span<const system_option> known_system_options();

/// The options of the system that are set: what `set system` sets, `get system` shows and the daemon
/// obeys.
class system_options {
public:
  explicit system_options(time_reader read_time) : read_time_{std::move(read_time)} {}

  /// Sets options from a document, or from dotted names, or both: {"refresh":{"retain":3}} and
  /// {"refresh.retain":3} say the same. null unsets an option, or all below a name. Sets all or, where
  /// it throws failure `cannot set option "…": …`, nothing.
  void set(const json::object& changes);

  /// What is set under a dotted name: a value, or the document of all that is set below it; the whole
  /// document for the empty name. Throws failure of kind option_not_found where nothing is.
  json::value get(std::string_view name) const;

  /// All that is set, for set() to read again.
  json::object document() const { return below({}); }

  refresh_timer timer() const;

  /// The hold of all automatic refreshes that refresh.hold asks for, which may be over.
  std::optional<refresh_hold> hold() const;

  /// How many revisions of a snap stay, the current one counted.
  std::int64_t retain() const;

  /// How long running applications may keep a refresh waiting; nothing for as long as they like.
  std::optional<duration> max_inhibition() const;

  /// How long automatic snapshots are kept; nothing where none are to be made.
  std::optional<duration> snapshot_retention() const;

  /// URLs, and a list with commas; empty where they aren't set.
  std::string http_proxy() const { return text("proxy.http"); }
  std::string https_proxy() const { return text("proxy.https"); }
  std::string no_proxy() const { return text("proxy.no-proxy"); }

private:
  using values = std::map<std::string, json::value, std::less<>>;

  void set_one(values& changed, const std::string& name, const json::value& value) const;
  json::object below(std::string_view name) const;
  std::string text(std::string_view name) const;

  time_reader read_time_;
  values values_; ///< By dotted name.
};

} // namespace troupe
