#include "runtime/rules/alias_checks.hpp"

#include <algorithm>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/aliases.hpp"
#include "runtime/rules/verbs.hpp"

namespace troupe {

namespace {

std::string in_marks(const std::string& text) { return '"' + text + '"'; }

failure cannot_enable(const std::string& alias, const std::string& snap, const std::string& why,
                      failure_kind kind = failure_kind::bad_request) {
  return {kind, "cannot enable alias " + in_marks(alias) + " for " + in_marks(snap) + ": " + why};
}

void check_alias(const snap_request& wanted, const snap_state& state) {
  auto refuse = [&](const std::string& why) { return cannot_enable(wanted.alias, wanted.snap, why); };
  if (!state.info())
    throw refuse("its current revision is removed");
  const auto* app = state.info()->find_app(wanted.app);
  if (!app)
    throw refuse("it has no application " + in_marks(wanted.app));
  if (app->is_service())
    throw refuse(in_marks(wanted.app) + " is a service, which nobody starts by a command");
  if (!state.aliases.contains(wanted.alias) && state.aliases.size() >= limits::snap_aliases)
    throw refuse("it has " + std::to_string(state.aliases.size()) + " aliases already");
}

void check_unalias(const snap_request& wanted, const snap_state& state) {
  auto found = state.aliases.find(wanted.alias);
  auto what = "cannot disable alias " + in_marks(wanted.alias) + ": ";
  if (found == state.aliases.end())
    throw failure{failure_kind::not_found,
                  what + "snap " + in_marks(wanted.snap) + " has no such alias"};
  if (found->second.manual.empty())
    throw failure{what + "it is an automatic one of snap " + in_marks(wanted.snap) +
                  "; to turn off all of its automatic aliases: troupe unalias " + wanted.snap};
}

/// What to do about it, for those who have asked for something else than the alias.
std::string hint_for(const operation& op) {
  if (op.verb == "install")
    return "; to install it without its automatic aliases: --unaliased";
  if (op.verb == "refresh")
    return "; to refresh it without its automatic aliases: --unaliased";
  return {};
}

} // namespace

void check_alias_request(const snap_request& wanted, const snap_state& state) {
  if (!state.is_installed())
    throw failure{failure_kind::snap_not_installed,
                  "cannot " + wanted.verb + " snap " + in_marks(wanted.snap) + ": it is not installed"};
  if (wanted.verb == "alias")
    check_alias(wanted, state);
  else if (wanted.verb == "unalias" && !wanted.alias.empty())
    check_unalias(wanted, state);
}

void add_who_yields(operation_request& request, const std::map<std::string, snap_state_ptr>& installed) {
  if (std::ranges::find(request.snaps, "prefer", &snap_request::verb) == request.snaps.end())
    return;
  std::erase_if(request.snaps, [](const auto& wanted) { return wanted.verb == "yield-aliases"; });
  alias_map preferred;
  for (const auto& wanted : request.snaps)
    if (auto found = installed.find(wanted.snap); found != installed.end())
      preferred.merge(preferred_aliases(*found->second));
  std::vector<snap_request> others;
  for (const auto& [name, state] : installed) {
    if (state->aliases.empty() ||
        std::ranges::find(request.snaps, name, &snap_request::snap) != request.snaps.end())
      continue;
    operation yields;
    yields.verb = "yield-aliases";
    auto before = enabled_aliases(*state);
    for (const auto& [alias, app] : before)
      if (preferred.contains(alias))
        yields.aliases_removed.emplace(alias, app);
    if (yields.aliases_removed.empty())
      continue;
    auto& other = others.emplace_back();
    other.verb = yields.verb;
    other.snap = name;
    other.aliases_removed =
        without(before, enabled_aliases(aliases_after(yields, *state), state->info()));
  }
  if (!others.empty())
    request.transaction = transaction::all_snaps;
  request.snaps.insert(request.snaps.end(), others.begin(), others.end());
}

void alias_book::enter(const std::vector<operation>& operations) {
  auto is_about_names = std::ranges::any_of(operations, [](const operation& op) {
    return op.verb == "install" || !op.aliases_added.empty() || !op.aliases_removed.empty();
  });
  if (!is_about_names)
    return;
  read_host();
  for (const auto& op : operations)
    enter(op);
}

// What is under way may be undone still, so that it keeps what it had as well as what it gets.
void alias_book::read_host() {
  if (std::exchange(is_read_, true))
    return;
  if (host_.installed)
    for (const auto& [name, state] : *host_.installed)
      for (const auto& [alias, app] : enabled_aliases(*state)) {
        auto is_manual = state->aliases.at(alias).manual == app;
        owners_.insert_or_assign(alias, owner{name, is_manual ? alias : name, {}});
      }
  for (const auto* op : host_.under_way) {
    if (op->verb == "install")
      arriving_.insert(op->snap);
    for (const auto* names : {&op->aliases_added, &op->aliases_removed})
      for (const auto& [alias, app] : *names)
        owners_.insert_or_assign(alias, owner{op->snap, {}, kind_of_change(op->verb)});
  }
}

void alias_book::enter(const operation& op) {
  if (op.verb == "install")
    check_namespace(op);
  for (const auto& [alias, app] : op.aliases_added)
    check_alias(op, alias);
  if (op.verb == "install")
    arriving_.insert(op.snap);
  if (op.verb == "yield-aliases")
    for (const auto& [alias, app] : op.aliases_removed)
      if (auto found = owners_.find(alias); found != owners_.end() && found->second.snap == op.snap)
        owners_.erase(found);
  for (const auto& [alias, app] : op.aliases_added)
    owners_.insert_or_assign(alias, owner{op.snap, op.snap, {}});
}

void alias_book::check_namespace(const operation& op) const {
  auto conflict = owners_.find(op.snap);
  if (conflict == owners_.end())
    conflict = owners_.lower_bound(op.snap + ".");
  if (conflict == owners_.end() ||
      (conflict->first != op.snap && !conflict->first.starts_with(op.snap + ".")))
    return;
  const auto& [alias, owner] = *conflict;
  auto what = "cannot install snap " + in_marks(op.snap) + ": alias " + in_marks(alias) + " of snap " +
              in_marks(owner.snap) + " conflicts with its command namespace";
  if (!owner.change.empty())
    throw failure{failure_kind::change_conflict,
                  what + ", and that snap has " + in_marks(owner.change) + " change in progress"};
  throw failure{what + "; to disable that alias: troupe unalias " + owner.remedy};
}

void alias_book::check_alias(const operation& op, const std::string& alias) const {
  if (auto first = alias.substr(0, alias.find('.')); is_snap(first) || first == op.snap)
    throw cannot_enable(alias, op.snap,
                        "it conflicts with the command namespace of snap " + in_marks(first) +
                            hint_for(op));
  auto found = owners_.find(alias);
  if (found == owners_.end() || found->second.snap == op.snap)
    return;
  const auto& owner = found->second;
  if (!owner.change.empty())
    throw cannot_enable(alias, op.snap,
                        in_marks(owner.snap) + ", which has it or may get it, has " +
                            in_marks(owner.change) + " change in progress",
                        failure_kind::change_conflict);
  auto hint = hint_for(op);
  throw cannot_enable(
      alias, op.snap,
      "already enabled for " + in_marks(owner.snap) +
          (hint.empty() ? "; to disable it there: troupe unalias " + owner.remedy : hint));
}

bool alias_book::is_snap(const std::string& name) const {
  return arriving_.contains(name) || (host_.installed && host_.installed->contains(name));
}

} // namespace troupe
