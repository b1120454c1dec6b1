#pragma once

#include <optional>
#include <string_view>

#include "messages/snap_info.hpp"

namespace troupe {

/// The word that snap.yaml and the API use.
std::string_view to_word(snap_type type);
std::string_view to_word(confinement kind);

/// The type with this word, or nothing. "core" is another word for "os".
std::optional<snap_type> snap_type_from_word(std::string_view word);

/// The confinement with this word, or nothing.
std::optional<confinement> confinement_from_word(std::string_view word);

} // namespace troupe
