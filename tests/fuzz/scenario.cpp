#include "cli/stress/scenario.hpp"

#include <algorithm>
#include <optional>

#include "cli/stress/scenario_run.hpp"
#include "messages/failure.hpp"
#include "tests/fuzz/checks.hpp"
#include "tests/scenario/scenario_model.hpp"

namespace troupe::fuzz {

namespace {

// What is larger takes longer to run than it may teach.
constexpr std::size_t scenarios_run = 2;
constexpr std::size_t tasks_run = 12;
constexpr std::size_t lanes_run = 24;

bool is_small(const stress::scenario& what) {
  std::size_t lanes = 0;
  for (const auto& task : what.tasks)
    lanes += task.lanes.size() + task.waits_for.size();
  return what.tasks.size() <= tasks_run && lanes <= lanes_run && what.faults.size() <= lanes_run;
}

} // namespace

void check_scenario(std::string_view input) {
  std::optional<stress::scenario_file> file;
  try {
    file = stress::parse_scenarios(input, "a file");
  } catch (const failure& refusal) {
    std::string_view message = refusal.what();
    require_showable(message);
    require(message.starts_with("cannot read scenario file \"a file\": "), "a refusal names the file");
    return;
  }
  require(!file->scenarios.empty(), "an accepted file holds a scenario");
  require(file->is_array || file->scenarios.size() == 1, "a file without an array holds one scenario");
  if (file->scenarios.size() > scenarios_run || !std::ranges::all_of(file->scenarios, is_small))
    return;
  for (const auto& each : file->scenarios)
    require(json::write(stress::run_scenario(each)) == json::write(stress::model_run(each)),
            "the actors do what the model does");
}

} // namespace troupe::fuzz
