#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "cli/stress/scenario_run.hpp"
#include "cli/stress_commands/registry.hpp"
#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe::stress {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(limits::scenario_file_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad())
    throw failure{"cannot read scenario file \"" + path + "\": " + std::strerror(errno)};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

/// Prints the result of a file's scenarios; false where tasks of one wait for each other in a cycle.
bool run_file(const std::string& path) {
  auto file = stress::parse_scenarios(read_file(path), path);
  auto all_ran = true;
  json::array results;
  for (const auto& scenario : file.scenarios) {
    results.emplace_back(stress::run_scenario(scenario));
    all_ran = all_ran && !results.back().as_object().contains("cycle");
  }
  std::cout << (file.is_array ? json::write(results) : json::write(results.front())) << '\n';
  return all_ran;
}

int run_scenarios(const std::vector<std::string>& paths) {
  auto code = 0;
  for (const auto& path : paths) {
    try {
      if (!run_file(path))
        code = 1;
    } catch (const failure& error) {
      std::cerr << "error: " << error.what() << '\n';
      code = 1;
    }
  }
  return code;
}

} // namespace

void add_scenario(CLI::App& app, std::function<int()>& action) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("scenario", "Run task graphs and print what happened, as JSON");
  command->add_option("FILE", *paths, "A JSON file with a scenario, or an array of them")
      ->required()
      ->type_name("");
  command->footer(
      "Example:\n"
      "  echo '{\"tasks\": [{\"id\": \"a\"}, {\"id\": \"b\", \"waits_for\": [\"a\"]}],\n"
      "         \"faults\": [{\"task\": \"b\", \"on\": \"do\", \"what\": \"error\"}]}' > undo.json\n"
      "  troupe-stress scenario undo.json\n\n"
      "Prints one document a file, a line each. The format is docs/reference/scenarios.md.\n"
      "Exit codes: 0 all ran, 1 a file can't be read or its tasks wait in a cycle, 64 a wrong\n"
      "command line.");
  command->callback([paths, &action] { action = [paths] { return run_scenarios(*paths); }; });
}

} // namespace troupe::stress
