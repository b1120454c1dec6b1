#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/stress/scenario.hpp"

namespace troupe::stress {

/// A file of tests/scenario, with what it has to print.
struct scenario_case {
  std::string name; ///< The file's, without its folder.
  scenario_file file;
  std::vector<json::value> expected; ///< One a scenario, in the same order.
};

/// All of them, ordered by name. Throws failure where one can't be read or isn't matched by its expected
/// output in shape.
std::vector<scenario_case> scenario_cases();

} // namespace troupe::stress
