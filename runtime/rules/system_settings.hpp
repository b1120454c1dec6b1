#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/settings.hpp"
#include "runtime/rules/refresh_hold.hpp"
#include "runtime/rules/system_options.hpp"

namespace troupe {

/// All that is set for the whole system.
struct system_settings {
  explicit system_settings(time_reader read_time) : options{std::move(read_time)} {}

  system_options options;
  std::vector<refresh_hold> holds; ///< Of users and snaps.

  /// With the one that the option refresh.hold asks for.
  std::vector<refresh_hold> all_holds() const;
};

/// Values for settings, as a task of a change has them: a JSON object with "options", values by dotted
/// name, null for unset; and "holds", for each snap (an empty name: all snaps) the hold that a user has
/// on it, or "lifted". Giving settings the same values twice is the same as once. Drops what users held
/// until before now. Throws failure, and changes nothing, where it is no such object, or for more than
/// limits::refresh_holds.
void assign(system_settings& settings, const json::object& values, time_point now);

/// The change that sets options as system_options::set does. Throws failure as that does, and where
/// nothing is named.
settings_change set_options(const system_settings& settings, const json::object& wanted);

/// What a user asks for with a hold.
struct hold_request {
  std::vector<std::string> snaps; ///< Empty: all snaps.
  hold_level level = hold_level::automatic;
  std::optional<time_point> until; ///< Nothing for ever.
  std::string reason;              ///< In the user's words, or empty.
};

/// The change that makes a user hold refreshes. Throws failure as put_hold does.
settings_change hold_refreshes(const system_settings& settings, const hold_request& wanted,
                               time_point now);

/// The change that lifts what a user holds.
settings_change lift_holds(const system_settings& settings, const std::vector<std::string>& snaps);

/// The settings as texts by name, to be stored; and read again. Each option or hold that can't be read
/// is left out, with a sentence that says so.
std::map<std::string, std::string> stored_settings(const system_settings& settings);
system_settings settings_from_stored(const std::map<std::string, std::string>& stored,
                                     time_reader read_time, std::vector<std::string>& faults);

} // namespace troupe
