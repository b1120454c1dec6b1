#pragma once

#include "runtime/json/json.hpp"
#include "runtime/rules/why.hpp"

namespace troupe {

/// Why something waits: {"subject", "waits", "chain", "also", "loop", "root", "ends-when"}. A link of
/// the chain says which task it is, in which lane of which change, why it waits, and who asked for that
/// change; `root` is {"cause", "text"}.
json::object why_resource(const explanation& answer);

} // namespace troupe
