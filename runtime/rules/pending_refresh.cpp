#include "runtime/rules/pending_refresh.hpp"

#include <algorithm>
#include <string_view>

#include "runtime/rules/vacancy_wait.hpp"

namespace troupe {

namespace {

/// The operations that lead one snap of a change to another revision, step by step.
struct steps {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

std::vector<steps> switches_in(const change_record& change) {
  std::vector<steps> found;
  const auto& operations = change.operations;
  for (std::int32_t i = 0; i < std::ssize(operations); ++i) {
    const auto& op = operations[static_cast<std::size_t>(i)];
    if ((op.verb != "refresh" && op.verb != "revert") || !op.from)
      continue;
    auto goes_on =
        !found.empty() && operations[static_cast<std::size_t>(found.back().last)].snap == op.snap;
    if (goes_on)
      found.back().last = i;
    else
      found.push_back({i, i});
  }
  return found;
}

/// The last task of this kind that belongs to the steps; null where there is none.
const task_record* task_of(const change_record& change, const steps& which, std::string_view kind) {
  const task_record* found = nullptr;
  for (const auto& task : change.tasks)
    if (task.kind == kind && task.operation >= which.first && task.operation <= which.last)
      found = &task;
  return found;
}

std::optional<waits::apps_running> running_for(const change_view& view, const task_record* task) {
  auto found = task ? view.waits.find(task->id) : view.waits.end();
  if (found == view.waits.end())
    return std::nullopt;
  const auto* apps = std::get_if<waits::apps_running>(&found->second);
  return apps ? std::optional{*apps} : std::nullopt;
}

const snap_state* state_of(const std::string& snap, const std::vector<snap_state_ptr>& snaps) {
  auto found = std::ranges::find(snaps, snap, [](const auto& state) { return state->name; });
  return found == snaps.end() ? nullptr : found->get();
}

std::string version_of(revision rev, const operation& op, const snap_state* state) {
  if (op.info && op.rev == rev)
    return op.info->version;
  const auto* known = state ? state->find(rev) : nullptr;
  return known ? known->info->version : std::string{};
}

std::optional<pending_refresh> pending_in(const change_view& view, const steps& which,
                                          const std::vector<snap_state_ptr>& snaps) {
  const auto& change = view.record;
  const auto& op = change.operations[static_cast<std::size_t>(which.last)];
  const auto* link = task_of(change, which, "link-snap");
  const auto* wait = task_of(change, which, "wait-for-apps");
  pending_refresh result;
  result.snap = op.snap;
  result.change = change.id;
  result.from = change.operations[static_cast<std::size_t>(which.first)].from;
  result.to = op.rev;
  const auto* state = state_of(op.snap, snaps);
  result.channel = op.channel.empty() && state ? state->channel : op.channel;
  result.waiting = running_for(view, task_of(change, which, "allow-apps"));
  if (result.waiting) {
    result.undoes = true;
    result.blocks = true;
    std::swap(result.from, result.to);
  } else if (link && (link->status == task_status::do_ || link->status == task_status::doing)) {
    result.waiting = running_for(view, wait);
    result.since = change.spawned_at;
    if (wait) {
      result.since = wait->spawned_at;
      result.blocks = vacancy_terms_from(json::parse_object(wait->setup)).blocks;
    }
  } else {
    return std::nullopt;
  }
  result.from_version = version_of(result.from, op, state);
  result.version = version_of(result.to, op, state);
  return result;
}

} // namespace

std::vector<pending_refresh> pending_refreshes(const std::vector<change_view_ptr>& changes,
                                               const std::vector<snap_state_ptr>& snaps) {
  std::vector<pending_refresh> result;
  for (const auto& view : changes) {
    if (view->ready)
      continue;
    for (const auto& which : switches_in(view->record))
      if (auto found = pending_in(*view, which, snaps))
        result.push_back(std::move(*found));
  }
  return result;
}

pending_answer pending_for(const std::string& snap, const std::vector<pending_refresh>& all) {
  auto found = std::ranges::find(all, snap, &pending_refresh::snap);
  if (found == all.end())
    return {};
  return {found->waiting ? pending_answer::state::inhibited : pending_answer::state::ready,
          found->channel, found->version, found->to};
}

std::string pending_text(const pending_answer& answer) {
  if (answer.pending == pending_answer::state::none)
    return "pending: none\n";
  std::string text =
      answer.pending == pending_answer::state::ready ? "pending: ready\n" : "pending: inhibited\n";
  if (!answer.channel.empty())
    text += "channel: " + answer.channel + "\n";
  return text + "version: " + answer.version + "\nrevision: " + to_string(answer.rev) + "\n";
}

} // namespace troupe
