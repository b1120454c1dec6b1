#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// How many candidates a plug or a slot may be connected to automatically.
/// Source: the seed on greedy plugs, `slots-per-plug` and `plugs-per-slot`.
struct arity {
  std::uint32_t least = 1;
  std::optional<std::uint32_t> most; ///< None: any number.

  static arity any() { return {}; }
  static arity up_to(std::uint32_t most) { return {1, most}; }

  bool allows(std::size_t candidates) const {
    return candidates >= least && (!most || candidates <= *most);
  }
  bool operator==(const arity&) const = default;
};

/// `*`, a number from 1 to limits::most_candidates, or a range like `1-3`; nothing for anything else.
std::optional<arity> arity_from_text(std::string_view text);

std::string to_text(const arity& from);

} // namespace troupe
