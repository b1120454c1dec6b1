#pragma once

#include <memory>
#include <string>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// The change that a command is about: an id, or the last one of a kind.
struct change_choice {
  std::string id;
  std::string last;
};

/// Adds the argument ID and the option --last=KIND to a command.
std::shared_ptr<change_choice> add_change_choice(CLI::App& command);

/// Returns the chosen change's id; nothing where a kind that ends in "?" has no change.
/// Throws failure unless exactly one way of choosing was used, and where there is no such change.
std::optional<std::string> chosen_change(session& session, const change_choice& choice);

/// Prints changes as a table, with times as people say them or as RFC 3339.
void print_changes(const json::array& changes, bool absolute_times);

/// All changes by the time they were asked for, or those of one snap.
json::array all_changes(session& session, const std::string& snap = {});

} // namespace troupe::cli
