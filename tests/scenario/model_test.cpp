#include <catch2/catch.hpp>

#include "tests/scenario/files.hpp"
#include "tests/scenario/random_scenarios.hpp"
#include "tests/scenario/scenario_model.hpp"

using namespace troupe;
using namespace troupe::stress;

TEST_CASE("the model gives the expected output of every scenario file") {
  std::size_t scenarios = 0;
  for (const auto& each : scenario_cases())
    for (std::size_t i = 0; i < each.expected.size(); ++i) {
      const auto& scenario = each.file.scenarios[i];
      INFO(each.name << " [" << i << "] " << scenario.name << "\n" << to_text(scenario));
      CHECK(json::write(model_run(scenario)) == json::write(each.expected[i]));
      ++scenarios;
    }
  CHECK(scenarios >= 60);
}

TEST_CASE("every random scenario is written as a file that is read as the same") {
  CHECK(rc::check([] {
    auto made = *random_scenarios();
    auto text = to_text(made);
    auto file = parse_scenarios(text, "random.json");
    RC_ASSERT(file.scenarios.size() == 1U);
    RC_ASSERT(to_text(file.scenarios.front()) == text);
  }));
}

TEST_CASE("the model ends on every random scenario, in a state where nothing can go on") {
  CHECK(rc::check([] {
    auto made = *random_scenarios();
    auto output = model_run(made).as_object();
    RC_CLASSIFY(output.contains("cycle"));
    if (output.contains("cycle") || !made.run)
      return;
    for (const auto& task : output.at("tasks").as_object()) {
      RC_ASSERT(task.value() != "Wait");
      RC_ASSERT(task.value() != "Abort");
    }
  }));
}
