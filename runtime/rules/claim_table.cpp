#include "runtime/rules/claim_table.hpp"

#include <algorithm>

#include "messages/failure.hpp"

namespace troupe {

namespace {

void sort_names(std::vector<std::string>& names) {
  std::ranges::sort(names);
  auto again = std::ranges::unique(names);
  names.erase(again.begin(), again.end());
}

} // namespace

claim_table::answer claim_table::ask(change_id who, std::vector<std::string> snaps, bool may_wait) {
  refuse_second(who);
  sort_names(snaps);
  auto taken = first_obstacle(snaps, next_).has_value();
  if (taken && !may_wait)
    return answer::refused;
  add(who, std::move(snaps));
  return taken ? answer::waits : answer::granted;
}

void claim_table::restore(change_id owner, std::vector<std::string> snaps) {
  refuse_second(owner);
  sort_names(snaps);
  if (auto taken = first_obstacle(snaps, next_))
    throw failure{failure_kind::internal, "cannot restore claims of change " + to_string(owner) +
                                              ": snap \"" + taken->snap + "\" is taken by change " +
                                              to_string(taken->owner)};
  add(owner, std::move(snaps));
}

void claim_table::refuse_second(change_id who) const {
  if (contains(who))
    throw failure{failure_kind::internal,
                  "cannot claim snaps for change " + to_string(who) + ": it has asked already"};
}

void claim_table::add(change_id who, std::vector<std::string> snaps) {
  auto mine = next_++;
  std::size_t not_first_in = 0;
  for (const auto& snap : snaps) {
    auto& queue = queues_[snap];
    queue.insert(queue.end(), mine);
    if (*queue.begin() != mine)
      ++not_first_in;
  }
  if (not_first_in > 0)
    ++waiting_;
  turns_.emplace(who, mine);
  entries_.emplace(mine, entry{who, std::move(snaps), not_first_in});
}

std::vector<change_id> claim_table::leave(change_id who) {
  auto found = turns_.find(who);
  if (found == turns_.end())
    return {};
  auto gone = entries_.extract(found->second);
  turns_.erase(found);
  if (gone.mapped().not_first_in > 0)
    --waiting_;
  std::set<turn> granted;
  for (const auto& snap : gone.mapped().snaps) {
    auto in = queues_.find(snap);
    auto& queue = in->second;
    auto was_first = *queue.begin() == gone.key();
    queue.erase(gone.key());
    if (queue.empty())
      queues_.erase(in);
    else if (was_first && --entries_.at(*queue.begin()).not_first_in == 0)
      granted.insert(*queue.begin());
  }
  waiting_ -= granted.size();
  std::vector<change_id> result;
  result.reserve(granted.size());
  for (auto now_owner : granted)
    result.push_back(entries_.at(now_owner).who);
  return result;
}

std::optional<claim_table::obstacle> claim_table::first_obstacle(const std::vector<std::string>& sorted,
                                                                 turn mine) const {
  for (const auto& snap : sorted) {
    auto queue = queues_.find(snap);
    if (queue == queues_.end() || *queue->second.begin() == mine)
      continue;
    const auto& first = entries_.at(*queue->second.begin());
    return obstacle{snap, first.who, first.not_first_in == 0};
  }
  return std::nullopt;
}

std::optional<claim_table::obstacle> claim_table::explain(change_id who) const {
  auto found = turns_.find(who);
  if (found == turns_.end())
    return std::nullopt;
  return first_obstacle(entries_.at(found->second).snaps, found->second);
}

std::optional<claim_table::obstacle> claim_table::obstacle_to(std::vector<std::string> snaps) const {
  sort_names(snaps);
  return first_obstacle(snaps, next_);
}

std::optional<change_id> claim_table::owner_of(const std::string& snap) const {
  auto queue = queues_.find(snap);
  if (queue == queues_.end())
    return std::nullopt;
  const auto& first = entries_.at(*queue->second.begin());
  return first.not_first_in == 0 ? std::optional{first.who} : std::nullopt;
}

bool claim_table::is_waiting(change_id who) const {
  auto found = turns_.find(who);
  return found != turns_.end() && entries_.at(found->second).not_first_in > 0;
}

} // namespace troupe
