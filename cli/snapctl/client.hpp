#pragma once

#include <string>
#include <vector>

namespace troupe {

/// Behaves as snapctl: sends its words with the hook's cookie to the daemon of $TROUPE_ROOT, prints what
/// it answers and returns the exit code, 1 for an error. The words are what follows the program's name.
/// It takes nothing but the C++ library and headers, since it runs in the root of whatever base a hook
/// has. Source: the snap client's contract, section "snapctl".
int run_snapctl(const std::vector<std::string>& words);

} // namespace troupe
