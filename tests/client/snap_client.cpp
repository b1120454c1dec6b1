#include "tests/client/snap_client.hpp"

#include <cstdlib>
#include <stdexcept>

namespace troupe::test {

namespace fs = std::filesystem;

fs::path snap_client() {
  const char* chosen = std::getenv("TROUPE_SNAP_CLIENT");
  auto unpacked =
      fs::path{__FILE__}.parent_path().parent_path().parent_path() / "build/snap-client/usr/bin/snap";
  auto client = chosen && *chosen ? fs::path{chosen} : unpacked;
  if (!fs::exists(client))
    throw std::runtime_error{"the snap client isn't at " + client.string() +
                             "; `./dev test` unpacks it there, or set TROUPE_SNAP_CLIENT"};
  return client;
}

environment client_world::client_environment() const {
  auto home = where.work() / "home";
  fs::create_directories(home);
  // Source: the snap client's contract, section 1.
  return {{"HOME", home.string()},
          {"SNAPPY_GLOBAL_ROOT", root().string()},
          {"SNAP_REEXEC", "0"},
          {"SNAPD_AUTH_DATA_FILENAME", (home / "auth.json").string()},
          {"SNAPD_LAST_WARNING_TIMESTAMP_FILENAME", (home / "warnings.json").string()}};
}

std::vector<std::string> client_world::snap_words(std::vector<std::string> words) const {
  words.insert(words.begin(), snap_client().string());
  return words;
}

program_result client_world::snap(std::vector<std::string> words) const {
  fs::create_directories(snaps());
  return run_program(snap_words(std::move(words)), client_environment(), snaps());
}

std::string in_one_line(const std::string& text) {
  std::string result;
  for (char c : text)
    if (auto is_blank = c == ' ' || c == '\n'; !is_blank || (!result.empty() && result.back() != ' '))
      result += is_blank ? ' ' : c;
  return result;
}

} // namespace troupe::test
