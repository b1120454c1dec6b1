#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "cli/stress/scenario_run.hpp"
#include "tests/scenario/files.hpp"
#include "tests/scenario/random_scenarios.hpp"
#include "tests/scenario/scenario_model.hpp"

using namespace troupe;
using namespace troupe::stress;

TEST_CASE("the actors do with every scenario what is expected of it") {
  std::size_t count = 0;
  for (const auto& [name, file, expected] : scenario_cases())
    for (std::size_t i = 0; i < file.scenarios.size(); ++i) {
      INFO(name << ": " << file.scenarios[i].name);
      CHECK(json::write(run_scenario(file.scenarios[i])) == json::write(expected.at(i)));
      ++count;
    }
  CHECK(count >= 60);
}

TEST_CASE("the actors do with random scenarios what the slow model does") {
  auto holds = rc::check([] {
    const auto drawn = *random_scenarios();
    auto got = json::write(run_scenario(drawn));
    auto wanted = json::write(model_run(drawn));
    RC_LOG() << "got    " << got << "\nwanted " << wanted << '\n';
    RC_ASSERT(got == wanted);
  });
  CHECK(holds);
}

TEST_CASE("a scenario gives the same result each time") {
  for (const auto& [name, file, expected] : scenario_cases()) {
    const auto& first = file.scenarios.front();
    CHECK(json::write(run_scenario(first)) == json::write(run_scenario(first)));
  }
}
