#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "cli/stress/scenario_run.hpp"
#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/version.hpp"

// The harness: what it runs stands in stress/.

namespace {

using namespace troupe;

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

int main(int argc, char** argv) {
  CLI::App app{"Tries Troupe's engine out on graphs and faults of your own.", "troupe-stress"};
  app.set_version_flag("--version", std::string{"troupe-stress "} + version);
  app.require_subcommand(1);
  std::vector<std::string> paths;
  auto* scenario = app.add_subcommand("scenario", "Run task graphs and print what happened, as JSON");
  scenario->add_option("FILE", paths, "A JSON file with a scenario, or an array of them")
      ->required()
      ->type_name("");
  scenario->footer(
      "Example:\n"
      "  echo '{\"tasks\": [{\"id\": \"a\"}, {\"id\": \"b\", \"waits_for\": [\"a\"]}],\n"
      "         \"faults\": [{\"task\": \"b\", \"on\": \"do\", \"what\": \"error\"}]}' > undo.json\n"
      "  troupe-stress scenario undo.json\n\n"
      "Prints one document a file, a line each. The format is docs/reference/scenarios.md.\n"
      "Exit codes: 0 all ran, 1 a file can't be read or its tasks wait in a cycle, 64 a wrong\n"
      "command line.");
  try {
    app.parse(argc, argv);
    return run_scenarios(paths);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
