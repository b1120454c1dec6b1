#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace troupe {

/// Something that happened and that clients may follow: a change's new status, a warning.
/// Unique by user, type and key. Source: the peer's engine, section "Tasks, changes, lanes".
struct notice {
  std::uint64_t id = 0;
  std::optional<std::uint32_t> uid; ///< For this user only; nothing: for all.
  std::string type;                 ///< change-update, warning, refresh-inhibit, …
  std::string key;                  ///< What it is about, for instance a change's id.
  time_point first_occurred;
  time_point last_occurred; ///< Differs from that of every other notice.
  time_point last_repeated; ///< When it was last worth telling.
  std::uint64_t occurrences = 1;
  std::map<std::string, std::string> data; ///< Of the last occurrence.

  bool operator==(const notice&) const = default;
};

/// Something an operator has to know and to say "okay" to. Unique by its message.
struct warning {
  std::string message;
  time_point first_added;
  time_point last_added;
  time_point last_shown; ///< When somebody last said okay to it.

  bool operator==(const warning&) const = default;
};

/// Which notices are asked for; what is empty restricts nothing.
struct notice_filter {
  std::vector<std::string> types;
  std::vector<std::string> keys;
  std::optional<std::uint32_t> uid; ///< Those for all and for this user; nothing: everybody's.
  time_point after;                 ///< Only those repeated after this.
};

} // namespace troupe
