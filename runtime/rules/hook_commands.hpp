#pragma once

#include <string>
#include <vector>

#include "messages/hook_context.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// What a command of a hook comes to.
struct hook_command_result {
  std::string out; ///< What it prints.
  int exit_code = 0;
  hook_words words{}; ///< What it says, which counts once its hook has ended well.
};

/// Whether a command is one of those that are answered from what its hook knows: get, set, unset,
/// start, stop, restart, is-undo, system-mode and model.
bool is_answered_in_hook(const std::string& command);

/// Adds what a hook says to what it has said. Throws failure beyond limits::hook_service_commands.
void add_words(hook_words& said, const hook_words& more);

/// The hook as it knows itself once it has said this.
hook_context as_said(hook_context hook, const hook_words& said);

/// Carries out such a command. Throws failure where the words are wrong, or name what isn't there.
hook_command_result run_hook_command(const hook_context& hook, const std::vector<std::string>& args);

} // namespace troupe
