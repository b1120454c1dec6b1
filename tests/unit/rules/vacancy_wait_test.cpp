#include <catch2/catch.hpp>

#include "runtime/rules/vacancy_wait.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start{1'700'000'000s};

vacancy_terms waiting() {
  vacancy_terms terms;
  terms.since = start;
  return terms;
}

} // namespace

TEST_CASE("once nothing runs a wait goes on, whatever its terms") {
  auto terms = waiting();
  terms.policy = running_apps::fail;
  terms.until = start;
  terms.max_inhibition = 0s;
  CHECK(next_step(terms, true, start + 1h) == vacancy_step::go_on);
}

TEST_CASE("while something runs it waits, fails, gives up or is forced, as its terms say") {
  auto terms = waiting();
  CHECK(next_step(terms, false, start + 24h * 365) == vacancy_step::wait);
  CHECK_FALSE(next_change_of_step(terms, start));

  terms.until = start + 10min;
  CHECK(next_step(terms, false, start + 10min - 1s) == vacancy_step::wait);
  CHECK(next_step(terms, false, start + 10min) == vacancy_step::give_up);
  CHECK(next_change_of_step(terms, start) == start + 10min);
  CHECK_FALSE(next_change_of_step(terms, start + 10min));

  terms.max_inhibition = 5min;
  CHECK(next_change_of_step(terms, start) == start + 5min);
  CHECK(next_step(terms, false, start + 5min) == vacancy_step::force);
  CHECK(next_step(terms, false, start + 10min) == vacancy_step::force);

  terms.policy = running_apps::fail;
  CHECK(next_step(terms, false, start + 10min) == vacancy_step::fail);
}

TEST_CASE("the terms of a wait are read back from a task's set-up as they were written") {
  auto terms = waiting();
  terms.blocks = true;
  terms.until = start + 90s;
  terms.policy = running_apps::fail;
  auto read = vacancy_terms_from(to_json(terms));
  CHECK(read.blocks);
  CHECK(read.until == terms.until);
  CHECK(read.policy == running_apps::fail);
  auto plain = vacancy_terms_from(to_json(waiting()));
  CHECK_FALSE(plain.blocks);
  CHECK_FALSE(plain.until);
  CHECK(plain.policy == running_apps::wait);
}
