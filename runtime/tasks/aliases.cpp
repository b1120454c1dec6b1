#include "runtime/rules/aliases.hpp"

#include "runtime/snap/quote.hpp"
#include "runtime/tasks/alias_links.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

/// The links as they are before a task changes them, or are to be after its undo: in a refresh or revert
/// they lead to the applications of the revision that is left.
alias_map former_links(const task_context& context, const set_aliases& aliases) {
  const auto* left = context.state->find(context.op().from);
  return left ? enabled_aliases(aliases, left->info.get()) : linked_aliases(*context.state, aliases);
}

} // namespace

outcome perform_change_aliases(task_context& context) {
  const auto& state = *context.state;
  auto next = aliases_after(context.op(), state);
  change_alias_links_or_none(context, former_links(context, aliases_of(state)),
                             linked_aliases(state, next));
  return done(context, next, alias_memo(state));
}

outcome undo_change_aliases(task_context& context) {
  const auto& state = *context.state;
  // Stopped before its do came to an end: the state is as it was, and the links follow it.
  if (!has_alias_memo(context.memo)) {
    change_alias_links(context, linked_aliases(state, aliases_after(context.op(), state)),
                       former_links(context, aliases_of(state)));
    return done();
  }
  auto former = aliases_of_memo(context.memo);
  change_alias_links(context, linked_aliases(state), former_links(context, former));
  return done(context, former);
}

outcome perform_set_auto_aliases(task_context& context) {
  const auto& state = *context.state;
  for (const auto& alias : waiting_aliases(state))
    context.log.push_back("INFO alias " + in_quotes(alias) + " is disabled: revision " +
                          to_string(state.current) + " has no application " +
                          in_quotes(state.aliases.at(alias).manual) +
                          "; it comes back with a revision that has");
  return perform_change_aliases(context);
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

} // namespace troupe::tasks
