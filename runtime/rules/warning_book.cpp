#include "runtime/rules/warning_book.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

time_point in_microseconds(time_point time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

bool is_expired(const warning& what, time_point now) {
  return now - what.last_added >= limits::warning_age;
}

bool is_pending(const warning& what, time_point now) {
  return !is_expired(what, now) &&
         (!is_set(what.last_shown) || now - what.last_shown >= limits::warning_repeat);
}

} // namespace

warning_book::warning_book(std::vector<warning> known) {
  for (auto& one : known)
    warnings_.emplace(one.message, std::move(one));
}

warning_changes warning_book::add(const std::string& message, time_point now) {
  if (message.empty())
    throw failure{"cannot add warning: its message is empty"};
  warning_changes changes;
  for (auto next = warnings_.begin(); next != warnings_.end();) {
    auto one = next++;
    if (!is_expired(one->second, now))
      continue;
    if (one->first != message)
      changes.gone.push_back(one->first);
    warnings_.erase(one);
  }
  auto [place, is_new] = warnings_.try_emplace(message);
  auto& added = place->second;
  if (is_new) {
    added.message = message;
    added.first_added = in_microseconds(now);
  }
  added.last_added = in_microseconds(now);
  changes.kept.push_back(added);
  while (warnings_.size() > limits::warnings_kept) {
    auto oldest =
        std::min_element(warnings_.begin(), warnings_.end(), [&](const auto& a, const auto& b) {
          // The clock may have been set back, and what was just added must not go for that.
          auto is_kept = [&](const auto& one) { return one.first == message; };
          return std::pair{is_kept(a), a.second.last_added} < std::pair{is_kept(b), b.second.last_added};
        });
    changes.gone.push_back(oldest->first);
    warnings_.erase(oldest);
  }
  return changes;
}

std::vector<warning> warning_book::list(bool all, time_point now) const {
  std::vector<warning> result;
  for (const auto& [message, one] : warnings_)
    if (all ? !is_expired(one, now) : is_pending(one, now))
      result.push_back(one);
  std::ranges::stable_sort(result, {}, &warning::last_added);
  return result;
}

warning_changes warning_book::okay(time_point until, time_point now) {
  warning_changes changes;
  for (auto& [message, one] : warnings_) {
    if (!is_pending(one, now) || one.last_added > until)
      continue;
    one.last_shown = in_microseconds(now);
    changes.kept.push_back(one);
  }
  return changes;
}

warning_book::pending_count warning_book::pending(time_point now) const {
  pending_count result;
  for (const auto& [message, one] : warnings_) {
    if (!is_pending(one, now))
      continue;
    result.count += 1;
    result.newest = std::max(result.newest, one.last_added);
  }
  return result;
}

} // namespace troupe
