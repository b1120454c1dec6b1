#pragma once

#include "cli/stress/scenario.hpp"
#include "runtime/json/json.hpp"

namespace troupe::stress {

/// What a scenario has to print, by a slow model of the engine's rules that walks over all tasks for
/// each answer and shares no code with the actors. Source: docs/reference/scenarios.md.
json::value model_run(const scenario& of);

} // namespace troupe::stress
