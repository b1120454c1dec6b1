#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/notice.hpp"

namespace troupe {

/// What came of a message to the book, to be made durable.
struct warning_changes {
  std::vector<warning> kept;     ///< New ones and new states of known ones.
  std::vector<std::string> gone; ///< Messages of those that are forgotten.
};

/// The warnings. One is unique by its message, and pending from when it is added until somebody says
/// okay to it, and again limits::warning_repeat after that; limits::warning_age after it was last added
/// it is gone. Every time in it is whole microseconds, as the API writes it.
class warning_book {
public:
  struct pending_count {
    std::uint64_t count = 0;
    time_point newest; ///< When the newest of them was last added.
  };

  /// With what is known from before, in any order.
  explicit warning_book(std::vector<warning> known = {});

  /// Adds a warning at this time, or once more. Forgets the expired ones, and beyond
  /// limits::warnings_kept those added longest ago. Throws failure for an empty message.
  warning_changes add(const std::string& message, time_point now);

  /// The pending ones, or all that aren't expired; the one added longest ago first.
  std::vector<warning> list(bool all, time_point now) const;

  /// Marks the pending ones that were last added at or before `until` as shown now; those are what is
  /// kept in the answer.
  warning_changes okay(time_point until, time_point now);

  pending_count pending(time_point now) const;

private:
  std::map<std::string, warning> warnings_; ///< By message.
};

} // namespace troupe
