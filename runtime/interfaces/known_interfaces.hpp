#pragma once

#include <span>
#include <string_view>

#include "runtime/rules/interface_definition.hpp"

namespace troupe {

/// The texts of runtime/interfaces/known, built into the program.
std::span<const std::string_view> known_interface_files();

/// The text of runtime/interfaces/template.yaml.
std::string_view template_file();

/// What every confined program may do. Throws failure where the template says something wrong.
const grants& template_grants();

/// The interfaces that these files describe. Throws failure where one of them says something wrong.
const interface_book& known_interfaces();

} // namespace troupe
