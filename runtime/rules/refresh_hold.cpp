#include "runtime/rules/refresh_hold.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/length_of_time.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

bool is_over(const refresh_hold& hold, time_point now) { return hold.until && *hold.until <= now; }

bool lasts_longer(const refresh_hold& a, const refresh_hold& b) {
  return b.until && (!a.until || *a.until > *b.until);
}

bool replaces(const refresh_hold& a, const refresh_hold& b) {
  return a.holder == b.holder && a.by == b.by && a.snap == b.snap;
}

std::string verb_and_object(const refresh_hold& hold) {
  return hold.snap.empty() ? "cannot hold refreshes: "
                           : "cannot hold refreshes of snap \"" + hold.snap + "\": ";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void shorten(refresh_hold& hold) {
  auto most = hold.by == hold.snap ? duration{limits::refresh_hold_by_snap}
                                   : duration{limits::refresh_hold_of_others};
  auto latest = hold.since + most;
  hold.until = hold.until ? std::min(*hold.until, latest) : latest;
}

} // namespace

std::string_view to_word(hold_level level) {
  return level == hold_level::general ? "general" : "auto-refresh";
}

hold_level hold_level_from_word(std::string_view word) {
  for (auto level : {hold_level::automatic, hold_level::general})
    if (word == to_word(level))
      return level;
  throw failure{"cannot hold refreshes: the hold level must be \"auto-refresh\" or \"general\""};
}

std::optional<time_point> hold_end(std::string_view text, time_point now) {
  if (text == "forever")
    return std::nullopt;
  try {
    return now + length_of_time(text, limits::refresh_hold_least, limits::refresh_hold_most);
  } catch (const failure& wrong) {
    throw failure{"cannot hold refreshes: " + std::string{wrong.what()} + "; \"forever\" has no end"};
  }
}

void put_hold(std::vector<refresh_hold>& holds, refresh_hold added, time_point now) {
  if (added.reason.size() > limits::refresh_hold_reason_bytes)
    throw failure{verb_and_object(added) + "the reason is longer than " +
                  std::to_string(limits::refresh_hold_reason_bytes) + " bytes"};
  if (std::any_of(added.reason.begin(), added.reason.end(), is_control))
    throw failure{verb_and_object(added) + "the reason must be one line without control characters"};
  if (added.holder == hold_holder::snap && added.snap.empty())
    throw failure{verb_and_object(added) + "a snap can hold only refreshes of snaps it names"};
  added.since = now;
  std::vector<refresh_hold> others;
  for (const auto& hold : holds) {
    if (replaces(added, hold))
      added.since = std::min(hold.since, now);
    else if (hold.holder == hold_holder::snap || !is_over(hold, now))
      others.push_back(hold);
  }
  if (added.holder == hold_holder::snap) {
    shorten(added);
    if (is_over(added, now))
      throw failure{verb_and_object(added) + "snap \"" + added.by + "\" has held them since " +
                    to_rfc3339(added.since) + ", as long as it may"};
  }
  if (is_over(added, now))
    throw failure{verb_and_object(added) + "the time of its end, " + to_rfc3339(*added.until) +
                  ", is over"};
  if (others.size() >= limits::refresh_holds)
    throw failure{verb_and_object(added) + "there are " + std::to_string(limits::refresh_holds) +
                  " holds, the most that can be; lift some with `refresh --unhold`"};
  others.push_back(std::move(added));
  holds = std::move(others);
}

bool lift_hold(std::vector<refresh_hold>& holds, hold_holder holder, std::string_view snap) {
  return std::erase_if(holds, [&](const refresh_hold& hold) {
           return hold.holder == holder && hold.snap == snap;
         }) > 0;
}

void lift_holds_by_snaps(std::vector<refresh_hold>& holds, std::string_view refreshed_snap) {
  std::erase_if(holds, [&](const refresh_hold& hold) {
    return hold.holder == hold_holder::snap && hold.snap == refreshed_snap;
  });
}

void lift_holds_of(std::vector<refresh_hold>& holds, std::string_view holding_snap) {
  std::erase_if(holds, [&](const refresh_hold& hold) {
    return hold.holder == hold_holder::snap && hold.by == holding_snap;
  });
}

std::vector<refresh_hold> holds_on(const std::vector<refresh_hold>& holds, std::string_view snap,
                                   refresh_cause cause, time_point now) {
  std::vector<refresh_hold> result;
  for (const auto& hold : holds) {
    bool keeps_out = cause == refresh_cause::automatic ||
                     (cause == refresh_cause::all && hold.level == hold_level::general);
    if (keeps_out && !is_over(hold, now) && (hold.snap.empty() || hold.snap == snap))
      result.push_back(hold);
  }
  std::stable_sort(result.begin(), result.end(), lasts_longer);
  return result;
}

std::string holder_text(const refresh_hold& hold) {
  switch (hold.holder) {
  case hold_holder::user:
    return "user";
  case hold_holder::system:
    return "system";
  case hold_holder::snap:
    break;
  }
  return "snap " + hold.by;
}

std::string hold_text(const refresh_hold& hold) {
  auto text = "held by " + holder_text(hold);
  if (hold.until) {
    // A hold that ends within a minute isn't over when that minute begins.
    auto time = to_rfc3339(std::chrono::ceil<std::chrono::minutes>(*hold.until));
    constexpr std::size_t day_bytes = 10;
    constexpr std::size_t time_bytes = 5;
    text +=
        " until " + time.substr(0, day_bytes) + ' ' + time.substr(day_bytes + 1, time_bytes) + " UTC";
  } else {
    text += " forever";
  }
  return hold.reason.empty() ? text : text + ": " + hold.reason;
}

} // namespace troupe
