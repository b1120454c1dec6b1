#include "tests/scenario/files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "messages/failure.hpp"

namespace troupe::stress {

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    throw failure{"cannot read " + path.string()};
  return text;
}

} // namespace

std::vector<scenario_case> scenario_cases() {
  const std::filesystem::path folder{TROUPE_SCENARIOS};
  std::vector<scenario_case> cases;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".json")
      continue;
    auto name = entry.path().filename().string();
    auto file = parse_scenarios(text_of(entry.path()), name);
    auto expected = json::parse(text_of(folder / "expected" / name));
    std::vector<json::value> answers;
    if (expected.is_array())
      answers.assign(expected.get_array().begin(), expected.get_array().end());
    else
      answers.push_back(expected);
    if (expected.is_array() != file.is_array || answers.size() != file.scenarios.size())
      throw failure{"cannot use expected/" + name + ": it doesn't have an output for each scenario"};
    cases.push_back({name, std::move(file), std::move(answers)});
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return cases;
}

} // namespace troupe::stress
