#pragma once

#include <span>
#include <string_view>

#include "runtime/rules/interface_definition.hpp"

namespace troupe {

/// The texts of runtime/interfaces/known, built into the program.
std::span<const std::string_view> known_interface_files();

/// The interfaces that these files describe. Throws failure where one of them says something wrong.
const interface_book& known_interfaces();

} // namespace troupe
