#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/api/request.hpp"
#include "runtime/rules/hook_commands.hpp"
#include "runtime/rules/wiring.hpp"

/// What snapctl sends and is answered. Source: the snap client's contract, section "snapctl".
namespace troupe {

struct snapctl_request {
  std::string cookie;
  std::vector<std::string> args; ///< The command and its words; at least one.
};

/// Reads a request's body. Throws failure where it has another shape or no words.
snapctl_request snapctl_request_of(const std::string& body);

/// Whether every user may give this command; others are for root.
bool is_for_every_user(const std::string& command);

/// The help that the words ask for; nothing where they ask for none.
std::optional<std::string> snapctl_help(const std::vector<std::string>& args);

/// Throws failure unless the words of a refresh only ask what is pending.
void check_snapctl_refresh(const std::vector<std::string>& args);

/// Whether this plug or slot of the snap is connected, by the exit code; with --list which ones are.
/// Throws failure for a name that the snap hasn't, or words that make no sense.
hook_command_result tell_connected(const wiring& wires, const std::string& snap,
                                   const std::vector<std::string>& args);

/// The services of the hook's snap as a table, or those named as SNAP or SNAP.APP. Throws failure for
/// others.
std::string services_text(const hook_context& hook, const snap_state* state,
                          const std::set<std::string>& active, const std::vector<std::string>& args);

/// How a command has ended that has an exit code of its own.
failure ended_with(int exit_code, const std::string& out);

/// The answer to a command that was carried out: what snapctl prints.
response snapctl_answer(const std::string& out);

/// What went wrong with a command, in the words of the contract.
failure snapctl_failure(const failure& why);

} // namespace troupe
