#include "runtime/snap/words.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 6> type_words{"app", "base", "os", "kernel", "gadget", "snapd"};
constexpr std::array<std::string_view, 3> confinement_words{"strict", "devmode", "classic"};

template <class Value, std::size_t N>
std::optional<Value> find(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto* found = std::ranges::find(words, word);
  if (found == words.end())
    return std::nullopt;
  return static_cast<Value>(found - words.begin());
}

} // namespace

std::string_view to_word(snap_type type) { return type_words.at(static_cast<std::size_t>(type)); }
std::string_view to_word(confinement kind) {
  return confinement_words.at(static_cast<std::size_t>(kind));
}

std::optional<snap_type> snap_type_from_word(std::string_view word) {
  return word == "core" ? snap_type::os : find<snap_type>(type_words, word);
}

std::optional<confinement> confinement_from_word(std::string_view word) {
  return find<confinement>(confinement_words, word);
}

} // namespace troupe
