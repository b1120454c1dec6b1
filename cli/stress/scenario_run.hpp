#pragma once

#include "cli/stress/scenario.hpp"

namespace troupe::stress {

/// Runs a scenario on the change and lane actors, on one thread, with the journal in memory. Returns
/// {"events", "tasks", "lanes", "change", "error"}, or {"error", "cycle"} where tasks wait for each
/// other. The same scenario gives the same result. Source of the order: docs/reference/scenarios.md.
json::object run_scenario(const scenario& what);

} // namespace troupe::stress
