#include "runtime/rules/aliases.hpp"

#include "runtime/snap/quote.hpp"
#include "runtime/tasks/alias_links.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

// --- as parts of other operations -----------------------------------------------------------------

outcome perform_set_auto_aliases(task_context& context) {
  const auto& state = *context.state;
  for (const auto& alias : waiting_aliases(state))
    context.log.push_back("INFO alias " + in_quotes(alias) + " is disabled: revision " +
                          to_string(state.current) + " has no application " +
                          in_quotes(state.aliases.at(alias).manual) +
                          "; it comes back with a revision that has");
  return done(context, aliases_after(context.op(), state), alias_memo(state));
}

outcome undo_set_auto_aliases(task_context& context) {
  // Stopped before its do came to an end, it has changed nothing.
  if (!has_alias_memo(context.memo))
    return done();
  return done(context, aliases_of_memo(context.memo));
}

outcome perform_setup_aliases(task_context& context) {
  change_alias_links_or_none(context, {}, linked_aliases(*context.state));
  return done();
}

outcome undo_setup_aliases(task_context& context) {
  change_alias_links(context, enabled_aliases(*context.state), {});
  return done();
}

outcome perform_remove_aliases(task_context& context) {
  change_alias_links_or_none(context, enabled_aliases(*context.state), {});
  return done();
}

outcome undo_remove_aliases(task_context& context) {
  change_alias_links(context, {}, linked_aliases(*context.state));
  return done();
}

// --- as operations of their own -------------------------------------------------------------------

outcome perform_change_aliases(task_context& context) {
  const auto& state = *context.state;
  auto next = aliases_after(context.op(), state);
  change_alias_links_or_none(context, linked_aliases(state), linked_aliases(state, next));
  return done(context, next, alias_memo(state));
}

outcome undo_change_aliases(task_context& context) {
  const auto& state = *context.state;
  // Stopped before its do came to an end: the state is as it was, and the links follow it.
  if (!has_alias_memo(context.memo)) {
    change_alias_links(context, linked_aliases(state, aliases_after(context.op(), state)),
                       linked_aliases(state));
    return done();
  }
  auto former = aliases_of_memo(context.memo);
  change_alias_links(context, linked_aliases(state), linked_aliases(state, former));
  return done(context, former);
}

} // namespace troupe::tasks
