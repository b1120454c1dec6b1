#include "runtime/rules/aliases.hpp"

#include <utility>

namespace troupe {

namespace {

/// Whether an alias can lead there: services have no launchers.
bool has_launcher(const snap_info* info, const std::string& app) {
  const auto* found = info && !app.empty() ? info->find_app(app) : nullptr;
  return found && !found->is_service();
}

known_alias shown(const snap_alias& alias, bool no_automatic, const snap_info* info) {
  if (has_launcher(info, alias.manual))
    return {alias.manual, alias_status::manual};
  if (!no_automatic && has_launcher(info, alias.automatic))
    return {alias.automatic, alias_status::automatic};
  return {alias.manual.empty() ? alias.automatic : alias.manual, alias_status::disabled};
}

void drop_unknown(set_aliases& update) {
  std::erase_if(update.aliases, [](const auto& item) { return item.second == snap_alias{}; });
}

set_aliases with_declared(const operation& op, const snap_state& state) {
  auto next = aliases_of(state);
  next.no_automatic = next.no_automatic || op.unaliased;
  for (auto& [name, alias] : next.aliases)
    alias.automatic.clear();
  for (const auto& [name, app] : state.origin.aliases)
    if (has_launcher(state.info(), app))
      next.aliases[name].automatic = app;
  drop_unknown(next);
  return next;
}

set_aliases without_alias(const operation& op, const snap_state& state) {
  auto next = aliases_of(state);
  for (auto& [name, alias] : next.aliases)
    if (op.alias.empty() || op.alias == name)
      alias.manual.clear();
  if (op.alias.empty())
    next.no_automatic = true;
  drop_unknown(next);
  return next;
}

/// Gives up these names. An automatic alias can't be turned off by itself.
set_aliases yielding(const operation& op, const snap_state& state) {
  auto next = aliases_of(state);
  for (const auto& [name, app] : op.aliases_removed) {
    auto found = next.aliases.find(name);
    if (found == next.aliases.end())
      continue;
    found->second.manual.clear();
    next.no_automatic = next.no_automatic || !found->second.automatic.empty();
  }
  drop_unknown(next);
  return next;
}

} // namespace

std::string_view to_word(alias_status status) {
  switch (status) {
  case alias_status::automatic:
    return "auto";
  case alias_status::manual:
    return "manual";
  case alias_status::disabled:
    break;
  }
  return "disabled";
}

std::string command_of(const std::string& snap, const std::string& app) {
  return app == snap.substr(0, snap.find('_')) ? snap : snap + "." + app;
}

set_aliases aliases_of(const snap_state& state) { return {state.aliases, state.no_automatic_aliases}; }

std::map<std::string, known_alias> known_aliases(const snap_state& state) {
  std::map<std::string, known_alias> result;
  for (const auto& [name, alias] : state.aliases)
    result.emplace(name, shown(alias, state.no_automatic_aliases, state.info()));
  return result;
}

alias_map enabled_aliases(const snap_state& state) {
  return enabled_aliases(aliases_of(state), state.info());
}

alias_map enabled_aliases(const set_aliases& aliases, const snap_info* info) {
  alias_map result;
  for (const auto& [name, alias] : aliases.aliases)
    if (auto is = shown(alias, aliases.no_automatic, info); is.status != alias_status::disabled)
      result.emplace(name, is.app);
  return result;
}

alias_map without(const alias_map& aliases, const alias_map& others) {
  alias_map result;
  for (const auto& [name, app] : aliases)
    if (auto other = others.find(name); other == others.end() || other->second != app)
      result.emplace(name, app);
  return result;
}

set_aliases aliases_after(const operation& op, const snap_state& state) {
  if (op.verb == "install" || op.verb == "refresh" || op.verb == "revert")
    return with_declared(op, state);
  if (op.verb == "unalias")
    return without_alias(op, state);
  if (op.verb == "yield-aliases")
    return yielding(op, state);
  auto next = aliases_of(state);
  if (op.verb == "prefer")
    next.no_automatic = false;
  if (op.verb == "alias")
    next.aliases[op.alias].manual = op.app;
  return next;
}

std::vector<std::string> waiting_aliases(const snap_state& state) {
  std::vector<std::string> result;
  for (const auto& [name, alias] : state.aliases)
    if (!alias.manual.empty() && !has_launcher(state.info(), alias.manual))
      result.push_back(name);
  return result;
}

alias_map preferred_aliases(const snap_state& state) {
  return enabled_aliases({state.aliases, false}, state.info());
}

} // namespace troupe
