#include "runtime/rules/snap_plan.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/rules/alias_checks.hpp"
#include "runtime/rules/aliases.hpp"
#include "runtime/rules/running_apps.hpp"
#include "runtime/rules/snap_update.hpp"
#include "runtime/rules/verbs.hpp"

namespace troupe {

namespace {

revision next_local_revision(const snap_state& state) {
  std::int32_t lowest = 0;
  for (const auto& r : state.revisions)
    lowest = std::min(lowest, r.rev.number);
  return {lowest - 1};
}

snap_flags both(const snap_flags& a, const snap_flags& b) {
  return {a.devmode || b.devmode, a.jailmode || b.jailmode, a.classic || b.classic};
}

auto place_of(const snap_state& state, revision rev) {
  return std::ranges::find(state.revisions, rev, &installed_revision::rev);
}

/// On which terms the end of a snap's applications is waited for.
vacancy_terms terms_of_wait(const snap_state& state, const operation_request& all, time_point now) {
  vacancy_terms terms;
  terms.policy = all.on_running_apps;
  terms.blocks = state.info()->refresh_pending_behavior == "block";
  if (all.wait_for_apps_at_most)
    terms.until = now + *all.wait_for_apps_at_most;
  return terms;
}

} // namespace

std::vector<operation> operations_of(const snap_request& wanted, lane_number lane) {
  operation op;
  op.verb = wanted.verb;
  op.snap = wanted.snap;
  op.lane = lane;
  op.rev = wanted.rev;
  op.info = wanted.info;
  op.image = wanted.image;
  op.given_path = wanted.given_path;
  op.channel = wanted.channel;
  op.origin = wanted.origin;
  op.flags = wanted.flags;
  op.purge = wanted.purge;
  op.force = wanted.force;
  op.is_prerequisite = wanted.is_prerequisite;
  op.missing = wanted.missing;
  op.snapshot_set = wanted.snapshot_set;
  op.app = wanted.app;
  op.alias = wanted.alias;
  op.unaliased = wanted.unaliased;
  op.aliases_removed = wanted.aliases_removed;
  op.services = wanted.services;
  op.for_good = wanted.for_good;
  op.connections = wanted.connections;
  op.forget = wanted.forget;
  op.config = wanted.config;
  std::vector<operation> result(std::max<std::size_t>(wanted.steps.size(), 1), op);
  for (std::size_t i = 0; i < wanted.steps.size(); ++i) {
    result[i].rev = wanted.steps[i].rev;
    result[i].info = wanted.steps[i].info;
    result[i].download = wanted.steps[i].source;
  }
  return result;
}

operation_request resolve(const operation_request& request, const plan_context& context) {
  auto result = request;
  std::erase_if(result.snaps, [&](const snap_request& wanted) {
    auto found = context.claimed.find(wanted.snap);
    return wanted.is_prerequisite && found != context.claimed.end() && found->second->is_installed();
  });
  for (auto& wanted : result.snaps) {
    auto found = context.claimed.find(wanted.snap);
    if (found == context.claimed.end() || !found->second->is_installed())
      continue;
    const auto& state = *found->second;
    if (wanted.verb == "install" && !wanted.image.empty())
      wanted.verb = "refresh";
    while (wanted.steps.size() > 1 && wanted.steps.front().rev == state.current)
      wanted.steps.erase(wanted.steps.begin());
    auto same = !wanted.steps.empty() && wanted.steps.back().rev == state.current;
    if (wanted.verb == "refresh" && same && !wanted.channel.empty() && wanted.channel != state.channel) {
      wanted.verb = "switch";
      wanted.steps.clear();
    }
  }
  if (context.installed)
    add_who_yields(result, *context.installed);
  for (const auto& wanted : result.snaps)
    if (wanted.verb == "yield-aliases" && !context.claimed.contains(wanted.snap))
      throw failure{failure_kind::change_conflict,
                    "cannot prefer aliases: snap \"" + wanted.snap +
                        "\" has enabled one of them meanwhile; try again"};
  return result;
}

revision former_revision(const snap_state& state) {
  auto current = place_of(state, state.current);
  return current == state.revisions.end() || current == state.revisions.begin()
             ? revision{}
             : std::prev(current)->rev;
}

snap_plan::snap_plan(const snap_request& wanted, const snap_state& state, lane_number lane,
                     const operation_request& all, time_point now)
    : operations_{operations_of(wanted, lane)},
      after_{state},
      retain_(static_cast<std::size_t>(all.retain)),
      keeps_snapshot_{all.keeps_snapshots && !wanted.purge} {
  for (auto& op : operations_) {
    before_.push_back(after_);
    plan_operation(op, wanted);
  }
  if (changes_what_runs() && all.on_running_apps != running_apps::ignore)
    waits_for_apps_ = terms_of_wait(state, all, now);
}

// Applications that only the new revision has are waited for where it is undone.
bool snap_plan::changes_what_runs() const {
  const auto& state = before_.front();
  if (!state.info())
    return false;
  auto runs = has_apps_that_count(*state.info());
  for (const auto& op : operations_) {
    const auto* known = state.find(op.rev);
    runs = runs || (op.info && has_apps_that_count(*op.info)) ||
           (known && has_apps_that_count(*known->info));
  }
  return runs;
}

void snap_plan::plan_operation(operation& op, const snap_request& wanted) {
  if (op.verb == "remove")
    return;
  if (op.verb == "revert" && !op.rev)
    op.rev = former_revision(after_);
  if (op.verb == "revert")
    op.from = after_.current;
  if (op.verb == "enable" || op.verb == "disable" || op.verb == "switch" || op.verb == "save-snapshot")
    op.rev = after_.current;
  if (is_about_aliases(op.verb))
    after_ = with_aliases(op, after_);
  if (op.verb == "revert") {
    const auto& target = *after_.find(op.rev);
    with_aliases(op, apply(after_, link_revision{target, after_.channel, after_.flags, after_.origin}));
  }
  if (op.verb != "install" && op.verb != "refresh")
    return;
  // The publisher's names are those of the snap's plain instance.
  op.unaliased = op.unaliased || (op.verb == "install" && op.snap.find('_') != op.snap.npos);
  if (!op.rev)
    op.rev = next_local_revision(after_);
  op.from = after_.current;
  op.flags = both(after_.flags, wanted.flags);
  if (op.channel.empty())
    op.channel = after_.channel;
  if (!op.download)
    op.origin = after_.origin;
  if (after_.find(op.rev)) {
    op.download = {};
    op.image.clear();
  }
  after_ = with_aliases(
      op, apply(after_, link_revision{{op.rev, op.info, {}}, op.channel, op.flags, op.origin}));
}

/// The state with the aliases that the operation leaves, which it gets to know in comparison with the
/// state that it finds.
snap_state snap_plan::with_aliases(operation& op, const snap_state& state) const {
  auto before = enabled_aliases(before_.back());
  auto result = apply(state, aliases_after(op, state));
  auto after = enabled_aliases(result);
  op.aliases_added = without(after, before);
  op.aliases_removed = without(before, after);
  return result;
}

bool snap_plan::removes_one_of_several() const {
  return operations_.front().rev && before_.front().revisions.size() > 1;
}

bool snap_plan::replaces_data(std::size_t at) const {
  return before_[at].find(operations_[at].rev) != nullptr;
}

void snap_plan::turn_to(task_chain& chain, std::size_t at) const {
  chain.turn_to(static_cast<std::int32_t>(first_ + at));
}

void snap_plan::add_undoable_tasks(task_chain& chain) const {
  const auto& verb = operations_.front().verb;
  const auto& state = before_.front();
  if (verb == "install")
    add_install_tasks(chain);
  else if (verb == "enable")
    add_enable_tasks(chain, state);
  else if (verb == "disable")
    add_disable_tasks(chain, state);
  else if (verb == "revert")
    add_revert_tasks(chain, state, waits_for_apps_);
  else if (verb == "switch")
    add_switch_tasks(chain, state);
  else if (verb == "remove" && !removes_one_of_several())
    add_remove_tasks(chain, state, keeps_snapshot_);
  else if (is_about_snapshots(verb))
    add_snapshot_tasks(chain);
  else if (is_about_aliases(verb))
    add_alias_tasks(chain);
  else if (is_about_services(verb))
    add_service_task(chain);
  else if (verb == "configure")
    add_configure_tasks(chain, *state.info());
  else if (verb == "refresh")
    add_refreshes(chain);
}

// Between the steps no application starts: their data isn't yet what the last one writes.
void snap_plan::add_refreshes(task_chain& chain) const {
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    turn_to(chain, i);
    if (replaces_data(i))
      add_known_image_tasks(chain);
    else
      add_image_tasks(chain);
  }
  turn_to(chain, 0);
  if (waits_for_apps_)
    add_wait_for_apps_task(chain, *waits_for_apps_, operations_.back().rev);
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    turn_to(chain, i);
    add_refresh_tasks(chain, *before_[i].info(), waits_for_apps_ && i + 1 == operations_.size());
  }
}

// What it stepped through was never wanted by itself, and what it had been reverted from is replaced.
std::vector<revision> snap_plan::revisions_to_discard() const {
  std::vector<revision> result;
  const auto& before = before_.front();
  auto is_step = [&](revision rev) {
    return std::ranges::any_of(
        before_, [&](const auto& state) { return state.current == rev && rev != before.current; });
  };
  std::vector<revision> kept;
  auto after_current = false;
  for (const auto& r : after_.revisions) {
    auto was_there = before.find(r.rev) != nullptr;
    if (r.rev != after_.current && (is_step(r.rev) || (after_current && was_there)))
      result.push_back(r.rev);
    else if (r.rev != after_.current)
      kept.push_back(r.rev);
    after_current = after_current || r.rev == before.current;
  }
  for (std::size_t i = 0; i + retain_ <= kept.size(); ++i)
    result.push_back(kept[i]);
  return result;
}

bool snap_plan::has_final_tasks() const {
  const auto& verb = operations_.front().verb;
  if (verb == "remove" || verb == "restore-snapshot" || verb == "forget-snapshot")
    return true;
  if (verb != "refresh")
    return false;
  for (std::size_t i = 0; i < operations_.size(); ++i)
    if (replaces_data(i))
      return true;
  return !revisions_to_discard().empty();
}

void snap_plan::add_final_tasks(task_chain& chain) const {
  const auto& op = operations_.front();
  if (op.verb == "remove" && removes_one_of_several())
    add_discard_tasks(chain, op.rev);
  else if (op.verb == "remove")
    add_discard_all_tasks(chain, before_.front());
  else if (is_about_snapshots(op.verb))
    add_final_snapshot_tasks(chain);
  if (op.verb != "refresh")
    return;
  for (std::size_t i = 0; i < operations_.size(); ++i)
    if (replaces_data(i)) {
      turn_to(chain, i);
      add_drop_former_data_task(chain);
    }
  turn_to(chain, operations_.size() - 1);
  for (auto rev : revisions_to_discard())
    add_discard_tasks(chain, rev);
}

} // namespace troupe
