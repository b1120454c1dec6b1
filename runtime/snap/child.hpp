#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {

/// How a helper program ended.
struct child_result {
  int exit_code = 0;   ///< 128 and the signal's number where a signal ended it.
  std::string output;  ///< Its standard output, at most what was asked for.
  std::string errors;  ///< The first 64 KiB of its standard error.
  bool is_cut = false; ///< It wrote more output than was asked for, and was killed.
};

/// Runs a program found on PATH without a shell, with no input, in the C locale, and waits for it.
/// Throws failure where it can't be started, for instance because it isn't installed.
child_result run_child(const std::vector<std::string>& arguments, std::size_t most_output_bytes);

/// The last line of a program's standard error that isn't blank, for a message.
std::string last_line(const child_result& result);

} // namespace troupe
