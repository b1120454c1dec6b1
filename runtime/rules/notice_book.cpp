#include "runtime/rules/notice_book.hpp"

#include <algorithm>
#include <limits>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

void check_word(const std::string& name, const std::string& word) {
  if (word.empty())
    throw failure{"cannot add notice: its " + name + " is empty"};
  if (word.size() > limits::notice_key_bytes)
    throw failure{"cannot add notice: its " + name + " is " + std::to_string(word.size()) +
                  " bytes long, and at most " + std::to_string(limits::notice_key_bytes) +
                  " are allowed"};
}

bool names(const std::vector<std::string>& wanted, const std::string& word) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), word) != wanted.end();
}

bool is_expired(const notice& what, time_point now) {
  return now - what.last_occurred >= limits::notice_age;
}

bool is_worth_telling(const notice& known, const notice_occurrence& what, time_point when) {
  return what.data != known.data || when - known.last_repeated >= what.repeat_after;
}

} // namespace

std::string as_notice_key(const std::string& text) {
  auto end = std::min(text.size(), limits::notice_key_bytes);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

notice_book::notice_book(std::vector<notice> known) {
  for (auto& one : known)
    put(std::move(one));
}

notice_changes notice_book::add(const notice_occurrence& what, time_point now) {
  check_word("type", what.type);
  check_word("key", what.key);
  notice_changes changes;
  forget_old(now, changes.gone);
  auto when = next_time(now);
  notice one;
  if (auto known = ids_.find({what.uid, what.type, what.key}); known != ids_.end()) {
    one = take(known->second);
    one.occurrences += 1;
    if (is_worth_telling(one, what, when))
      one.last_repeated = when;
  } else {
    one.id = last_id_ + 1;
    one.uid = what.uid;
    one.type = what.type;
    one.key = what.key;
    one.first_occurred = when;
    one.last_repeated = when;
  }
  one.last_occurred = when;
  one.data = what.data;
  changes.kept.push_back(one);
  put(std::move(one));
  while (notices_.size() > limits::notices_kept)
    changes.gone.push_back(take(occurred_.begin()->second).id);
  return changes;
}

std::vector<notice> notice_book::filter(const notice_filter& wanted, time_point now) const {
  std::vector<notice> result;
  auto next = repeated_.upper_bound({wanted.after, std::numeric_limits<std::uint64_t>::max()});
  for (; next != repeated_.end(); ++next) {
    const auto& one = notices_.at(next->second);
    if (!is_expired(one, now) && names(wanted.types, one.type) && names(wanted.keys, one.key) &&
        (!wanted.uid || !one.uid || *one.uid == *wanted.uid))
      result.push_back(one);
  }
  return result;
}

void notice_book::put(notice what) {
  last_id_ = std::max(last_id_, what.id);
  last_occurred_ = std::max(last_occurred_, what.last_occurred);
  ids_.emplace(identity{what.uid, what.type, what.key}, what.id);
  occurred_.emplace(what.last_occurred, what.id);
  repeated_.emplace(what.last_repeated, what.id);
  auto id = what.id;
  notices_.emplace(id, std::move(what));
}

notice notice_book::take(std::uint64_t id) {
  auto one = std::move(notices_.extract(id).mapped());
  ids_.erase({one.uid, one.type, one.key});
  occurred_.erase({one.last_occurred, id});
  repeated_.erase({one.last_repeated, id});
  return one;
}

void notice_book::forget_old(time_point now, std::vector<std::uint64_t>& gone) {
  while (!occurred_.empty() && is_expired(notices_.at(occurred_.begin()->second), now))
    gone.push_back(take(occurred_.begin()->second).id);
}

// A clock that stands still or is set back must not make two notices change places.
time_point notice_book::next_time(time_point now) const {
  using std::chrono::microseconds;
  return std::max<time_point>(std::chrono::floor<microseconds>(now), last_occurred_ + microseconds{1});
}

} // namespace troupe
