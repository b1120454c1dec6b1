#include <algorithm>
#include <charconv>
#include <sstream>

#include "actors/gateway_ask.hpp"
#include "runtime/api/access.hpp"
#include "runtime/api/notice_resources.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/snap/names.hpp"

namespace troupe {

namespace {

std::string query_value(const request& what, const std::string& key) {
  auto found = what.query.find(key);
  return found == what.query.end() ? std::string{} : found->second;
}

std::vector<std::string> query_words(const request& what, const std::string& key) {
  std::vector<std::string> words;
  std::istringstream text{query_value(what, key)};
  for (std::string word; std::getline(text, word, ',');)
    words.push_back(word);
  return words;
}

template <class Number>
std::optional<Number> as_number(const std::string& text) {
  Number number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

/// Whose notices the caller gets: its own and those for all, unless root asks for others'.
std::optional<std::uint32_t> asked_user(const request& what) {
  auto users = query_value(what, "users");
  auto user = query_value(what, "user-id");
  if (!users.empty() && !user.empty())
    throw failure{"cannot list notices: users and user-id don't go together"};
  if (!users.empty() && users != "all")
    throw failure{"cannot list notices: users must be all, not \"" + users + '"'};
  if (users.empty() && user.empty())
    return what.from.uid;
  if (!users.empty()) {
    check_access(access_level::root, what.from);
    return std::nullopt;
  }
  auto uid = as_number<std::uint32_t>(user);
  if (!uid)
    throw failure{"cannot list notices: user-id must be a user's number, not \"" + user + '"'};
  if (*uid != what.from.uid)
    check_access(access_level::root, what.from);
  return uid;
}

notice_filter asked_notices(const request& what) {
  // An empty list at once would make a client that wants to wait ask in a loop.
  if (!query_value(what, "timeout").empty())
    throw failure{"cannot list notices: timeout isn't supported, ask again later"};
  notice_filter wanted{query_words(what, "types"), query_words(what, "keys"), asked_user(what), {}};
  if (auto after = query_value(what, "after"); !after.empty()) {
    try {
      wanted.after = from_rfc3339(after);
    } catch (const failure& why) {
      throw failure{std::string{"cannot list notices: after: "} + why.what()};
    }
  }
  return wanted;
}

failure unknown_notice(const std::string& id) {
  return {failure_kind::not_found, "cannot find notice with id \"" + id + '"'};
}

/// All that the caller may see.
notice_filter visible_notices(const request& what) {
  notice_filter wanted;
  try {
    check_access(access_level::root, what.from);
  } catch (const failure&) {
    wanted.uid = what.from.uid;
  }
  return wanted;
}

template <class List, class Show>
response list_of(const List& list, Show show) {
  json::array all;
  for (const auto& one : list)
    all.push_back(show(one));
  return sync(std::move(all));
}

} // namespace

void gateway::notices(const exchange_ptr& what, const std::string&) {
  ask<notice_list>(what, with_->notices, list_notices{asked_notices(what->what())},
                   [](const notice_list& list) { return list_of(list, notice_resource); });
}

void gateway::notice(const exchange_ptr& what, const std::string& id) {
  auto number = as_number<std::uint64_t>(id);
  if (!number)
    throw unknown_notice(id);
  ask<notice_list>(what, with_->notices, list_notices{visible_notices(what->what())},
                   [id, number](const notice_list& list) {
                     auto found = std::ranges::find(list, *number, &troupe::notice::id);
                     if (found == list.end())
                       throw unknown_notice(id);
                     return sync(notice_resource(*found));
                   });
}

void gateway::warnings(const exchange_ptr& what, const std::string&) {
  auto select = query_value(what->what(), "select");
  if (!select.empty() && select != "all" && select != "pending")
    throw failure{"cannot list warnings: select must be all or pending, not \"" + select + '"'};
  ask<warning_list>(what, with_->notices, list_warnings{select == "all"},
                    [](const warning_list& list) { return list_of(list, warning_resource); });
}

void gateway::act_on_warnings(const exchange_ptr& what, const std::string&) {
  auto body = json::parse_object(what->what().body);
  auto action = json::string_or(body, "action");
  if (action != "okay")
    throw failure{"cannot act on warnings: unknown action \"" + action + "\"; okay is the only one"};
  auto until = json::string_or(body, "timestamp");
  okay_warnings okay;
  try {
    okay.until = from_rfc3339(until);
  } catch (const failure& why) {
    throw failure{std::string{"cannot say okay to warnings: timestamp: "} + why.what()};
  }
  ask<std::uint64_t>(what, with_->notices, okay, [](std::uint64_t count) { return sync(count); });
}

void gateway::history(const exchange_ptr& what, const std::string&) {
  auto snap = query_value(what->what(), "snap");
  if (!snap.empty())
    check_instance_name(snap);
  auto given = query_value(what->what(), "limit");
  auto limit =
      given.empty() ? limits::history_answer_default_changes : as_number<std::size_t>(given).value_or(0);
  if (limit < 1 || limit > limits::history_answer_changes)
    throw failure{"cannot list the history: limit must be a number from 1 to " +
                  std::to_string(limits::history_answer_changes) + ", not \"" + given + '"'};
  ask<history_list>(what, with_->journal, read_history{limit, snap},
                    [](const history_list& list) { return list_of(list, history_resource); });
}

} // namespace troupe
