#include "runtime/tasks/alias_links.hpp"

#include "messages/failure.hpp"
#include "runtime/snap/alias_json.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/tasks/all_or_nothing.hpp"

namespace troupe::tasks {

namespace {

/// A launcher's file name: aliases lie beside it.
std::string launcher_name(const task_context& context, const std::string& app) {
  return context.paths().launcher(context.op().snap, app).filename().string();
}

/// Whether what has this name leads to the launcher of the application that the aliases say.
bool leads_there(task_context& context, const std::string& alias, const alias_map& aliases) {
  auto found = aliases.find(alias);
  return found != aliases.end() && context.os().files->read_link(context.paths().alias_link(alias)) ==
                                       launcher_name(context, found->second);
}

void check_free(task_context& context, const std::string& alias, const alias_map& from,
                const alias_map& to) {
  auto link = context.paths().alias_link(alias);
  if (context.os().files->exists(link) && !leads_there(context, alias, from) &&
      !leads_there(context, alias, to))
    throw failure{"cannot enable alias " + in_quotes(alias) + " for " + in_quotes(context.op().snap) +
                  ": " + in_quotes(link.string()) +
                  " is there already and is none of its aliases; move it away first"};
}

} // namespace

alias_map linked_aliases(const snap_state& state) { return linked_aliases(state, aliases_of(state)); }

alias_map linked_aliases(const snap_state& state, const set_aliases& update) {
  return state.active ? enabled_aliases(update, state.info()) : alias_map{};
}

void change_alias_links(task_context& context, const alias_map& from, const alias_map& to) {
  auto& files = *context.os().files;
  for (const auto& [alias, app] : to)
    check_free(context, alias, from, to);
  for (const auto& [alias, app] : from)
    if (!to.contains(alias) && leads_there(context, alias, from))
      files.remove_file(context.paths().alias_link(alias));
  for (const auto& [alias, app] : to)
    if (!leads_there(context, alias, to))
      files.make_link(launcher_name(context, app), context.paths().alias_link(alias));
}

void change_alias_links_or_none(task_context& context, const alias_map& from, const alias_map& to) {
  all_or_nothing([&] { change_alias_links(context, from, to); },
                 [&] { change_alias_links(context, to, from); });
}

json::object alias_memo(const snap_state& state) {
  return {{"aliases", to_json(state.aliases)}, {"no-automatic", state.no_automatic_aliases}};
}

bool has_alias_memo(const json::object& memo) { return memo.contains("aliases"); }

set_aliases aliases_of_memo(const json::object& memo) {
  return {aliases_from_json(json::object_or(memo, "aliases")), json::bool_or(memo, "no-automatic")};
}

} // namespace troupe::tasks
