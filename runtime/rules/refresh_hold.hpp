#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

/// Who holds refreshes back. Source: "Managing updates" of the snap documentation.
namespace troupe {

enum class hold_holder : std::uint8_t {
  user,   ///< Somebody, by `refresh --hold`.
  system, ///< The option refresh.hold.
  snap,   ///< A snap, by `snapctl refresh --hold`.
};

/// How a refresh came about.
enum class refresh_cause : std::uint8_t {
  automatic, ///< By the timer.
  all,       ///< Somebody asked for all snaps.
  named,     ///< Somebody asked for this snap; nothing holds that back.
};

enum class hold_level : std::uint8_t {
  automatic, ///< Holds automatic refreshes.
  general,   ///< Holds automatic refreshes and those of all snaps.
};

struct refresh_hold {
  hold_holder holder = hold_holder::user;
  std::string by;   ///< The snap that holds; empty for the others.
  std::string snap; ///< What is held; empty for every snap.
  hold_level level = hold_level::automatic;
  time_point since; ///< When its holder began to hold this, the holds it replaced counted.
  std::optional<time_point> until; ///< Nothing for ever.
  std::string reason;              ///< In the holder's words, or empty.

  bool operator==(const refresh_hold&) const = default;
};

/// The API's word: `auto-refresh` or `general`.
std::string_view to_word(hold_level level);

/// Reads it. Throws failure for any other.
hold_level hold_level_from_word(std::string_view word);

/// The end of a hold as `--hold=` takes it: "forever", or a length such as 48h, 1h30m, 1.5h, 30d or 2w
/// from limits::refresh_hold_least to limits::refresh_hold_most, counted from now. Nothing means for
/// ever. Throws failure `cannot hold refreshes: …`.
std::optional<time_point> hold_end(std::string_view text, time_point now);

/// Adds a hold that begins now, in place of the one that the same holder has on the same. A snap's hold
/// is shortened to limits::refresh_hold_by_snap, or, on another snap, limits::refresh_hold_of_others
/// after it began to hold. Holds that are over are dropped, but for those of snaps: they count until the
/// held snap is refreshed. Throws failure, and changes nothing, where the hold is over already, its
/// reason is too long or has control characters, a snap holds every snap, or there are
/// limits::refresh_holds.
void put_hold(std::vector<refresh_hold>& holds, refresh_hold added, time_point now);

/// Drops what the user or the option holds: a snap, or with an empty name every snap. Returns whether
/// there was such a hold.
bool lift_hold(std::vector<refresh_hold>& holds, hold_holder holder, std::string_view snap);

/// Drops what snaps hold of a snap, since it was refreshed.
void lift_holds_by_snaps(std::vector<refresh_hold>& holds, std::string_view refreshed_snap);

/// Drops what a snap holds, since it says that refreshes may go on, or is gone.
void lift_holds_of(std::vector<refresh_hold>& holds, std::string_view holding_snap);

/// The holds that keep a snap from being refreshed now, the one that lasts longest first.
std::vector<refresh_hold> holds_on(const std::vector<refresh_hold>& holds, std::string_view snap,
                                   refresh_cause cause, time_point now);

/// `user`, `system` or `snap NAME`.
std::string holder_text(const refresh_hold& hold);

/// `held by user until 2026-11-30 12:00 UTC` or `held by user forever`, and the reason after a colon.
/// The minute is rounded up.
std::string hold_text(const refresh_hold& hold);

} // namespace troupe
