#pragma once

#include <rapidcheck.h>

#include <iosfwd>
#include <string>

#include "cli/stress/scenario.hpp"

namespace troupe::stress {

/// Makes small scenarios of every sort: graphs in and out of file order, now and then a cycle, tasks in
/// several lanes, faults, given statuses, aborts and restarts. All of them can be parsed.
rc::Gen<scenario> random_scenarios();

/// Writes a scenario as the file that parse_scenarios reads, with line breaks.
std::string to_text(const scenario& of);

/// How rapidcheck shows a failing case.
void showValue(const scenario& of, std::ostream& to);

} // namespace troupe::stress
