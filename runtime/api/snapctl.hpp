#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/api/request.hpp"

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

/// The answer to a command that was carried out: what snapctl prints.
response snapctl_answer(const std::string& out);

/// What went wrong with a command, in the words of the contract.
failure snapctl_failure(const failure& why);

} // namespace troupe
