#include "runtime/rules/vacancy_wait.hpp"

#include <algorithm>

namespace troupe {

namespace {

std::optional<time_point> forced_at(const vacancy_terms& terms) {
  return terms.max_inhibition ? std::optional{terms.since + *terms.max_inhibition} : std::nullopt;
}

} // namespace

json::object to_json(const vacancy_terms& terms) {
  json::object result;
  if (terms.policy == running_apps::fail)
    result["fails"] = true;
  if (terms.blocks)
    result["blocks"] = true;
  if (terms.until)
    result["until"] = terms.until->time_since_epoch().count();
  return result;
}

vacancy_terms vacancy_terms_from(const json::object& from) {
  vacancy_terms terms;
  terms.policy = json::bool_or(from, "fails") ? running_apps::fail : running_apps::wait;
  terms.blocks = json::bool_or(from, "blocks");
  if (auto until = json::int_or(from, "until"))
    terms.until = time_point{duration{until}};
  return terms;
}

vacancy_step next_step(const vacancy_terms& terms, bool is_vacant, time_point now) {
  if (is_vacant)
    return vacancy_step::go_on;
  if (terms.policy == running_apps::fail)
    return vacancy_step::fail;
  if (auto moment = forced_at(terms); moment && now >= *moment)
    return vacancy_step::force;
  if (terms.until && now >= *terms.until)
    return vacancy_step::give_up;
  return vacancy_step::wait;
}

std::optional<time_point> next_change_of_step(const vacancy_terms& terms, time_point now) {
  std::optional<time_point> next;
  for (const auto& moment : {forced_at(terms), terms.until})
    if (moment && *moment > now)
      next = next ? std::min(*next, *moment) : *moment;
  return next;
}

} // namespace troupe
