#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/snap/environment.hpp"

namespace troupe {

/// Splits a command of snap.yaml into words: blanks part them, single quotes, double quotes and
/// backslashes work as in a shell; nothing is expanded and no file name is matched.
/// Throws failure where a quote isn't closed or a backslash ends the text.
std::vector<std::string> split_words(std::string_view text);

/// As split_words, then replaces $NAME and ${NAME} in each word by the variable's value, or by nothing
/// where there is no such variable; a word of which nothing is left is dropped.
/// Throws failure where all words together are longer than limits::command_line_bytes.
std::vector<std::string> command_words(std::string_view command, const environment_map& variables);

} // namespace troupe
