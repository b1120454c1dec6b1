#pragma once

#include "runtime/rules/aliases.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe::tasks {

/// The aliases of a snap that have links: none while it is inactive.
alias_map linked_aliases(const snap_state& state);
alias_map linked_aliases(const snap_state& state, const set_aliases& update);

/// Makes the links of `to` in place of those of `from`; either may be made or gone already. Throws
/// failure before anything is changed where something else of such a name is in the way; what is
/// somebody else's by now is left alone.
void change_alias_links(task_context& context, const alias_map& from, const alias_map& to);

/// As change_alias_links; where it fails, what was linked is linked again.
void change_alias_links_or_none(task_context& context, const alias_map& from, const alias_map& to);

/// What the undo has to know of the aliases that there were.
json::object alias_memo(const snap_state& state);

/// Whether the do side has come to its end and left that, and what it left.
bool has_alias_memo(const json::object& memo);
set_aliases aliases_of_memo(const json::object& memo);

} // namespace troupe::tasks
