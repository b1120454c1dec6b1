#pragma once

#include <optional>

#include "messages/request.hpp"
#include "messages/time.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// On which terms a task waits until nothing of its snap runs.
struct vacancy_terms {
  running_apps policy = running_apps::wait;
  bool blocks = false;               ///< No new application may start from the beginning of the wait.
  time_point since;                  ///< When the wait began.
  std::optional<time_point> until{}; ///< When the requester doesn't want to wait any longer.
  std::optional<duration> max_inhibition{}; ///< After which the operator wants it to be forced.
};

/// As a task's set-up holds them, and back; max_inhibition and since come from elsewhere.
json::object to_json(const vacancy_terms& terms);
vacancy_terms vacancy_terms_from(const json::object& from);

/// What is to be done as things stand; force, fail, give_up and wait: while something runs.
enum class vacancy_step : std::uint8_t {
  go_on,
  force,   ///< The operator's time limit is over.
  fail,    ///< The request wants to fail rather than wait.
  give_up, ///< The requester has waited long enough.
  wait,
};

vacancy_step next_step(const vacancy_terms& terms, bool is_vacant, time_point now);

/// When that will be another without anything ending; nothing: never.
std::optional<time_point> next_change_of_step(const vacancy_terms& terms, time_point now);

} // namespace troupe
