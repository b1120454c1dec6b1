#pragma once

#include "runtime/json/json.hpp"

namespace troupe {

/// Answers a table of cases, each on its own: what is wrong with one is its answer.
/// Source: docs/reference/declarations.md.
json::array evaluate_cases(const json::array& cases);

} // namespace troupe
