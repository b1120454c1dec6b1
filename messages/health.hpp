#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// How a snap says that it is. Source: the documentation of snapctl, set-health.
enum class health_status : std::uint8_t {
  okay,    ///< It works.
  waiting, ///< It works once something comes that it waits for by itself.
  blocked, ///< It works once somebody does something.
  error,   ///< It doesn't work.
};

namespace detail {
inline constexpr std::array<std::string_view, 4> health_words{"okay", "waiting", "blocked", "error"};
}

/// The word that snapctl and the API use.
inline std::string_view to_word(health_status status) {
  return detail::health_words.at(static_cast<std::size_t>(status));
}

/// The status with this word, or nothing.
inline std::optional<health_status> health_from_word(std::string_view word) {
  for (std::size_t i = 0; i < detail::health_words.size(); ++i)
    if (detail::health_words[i] == word)
      return static_cast<health_status>(i);
  return std::nullopt;
}

/// What a hook has said of its snap.
struct health_report {
  health_status status = health_status::okay;
  std::string message; ///< One line for people; empty with okay.
  std::string code;    ///< One word for programs, or empty.

  bool operator==(const health_report&) const = default;
};

} // namespace troupe
