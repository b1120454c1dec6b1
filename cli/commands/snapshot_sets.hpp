#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/change_options.hpp"
#include "cli/commands/session.hpp"

namespace troupe::cli {

/// The snapshots of these snaps in a set, or in any where that is empty, as the API gives them.
json::array snapshot_sets(session& session, const std::string& set,
                          const std::vector<std::string>& names);

/// Prints a line for each snapshot in these sets.
void print_snapshot_sets(const json::array& sets, bool absolute_times);

/// A set that the user means, and the snaps in it; none: all.
struct set_choice {
  std::string set;
  std::vector<std::string> names;
  std::shared_ptr<change_options> change;
};

/// Adds ID, NAME… and the options of changes to a command.
std::shared_ptr<set_choice> add_set_choice(CLI::App& command);

/// Starts a change that does this with a set: check, restore or forget. Returns its id.
std::string start_change_on_set(session& session, const std::string& action, const set_choice& choice);

/// `snapshot set 7`, and of which snaps unless of all.
std::string words_of(const set_choice& choice);

} // namespace troupe::cli
