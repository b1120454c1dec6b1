#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "runtime/host/process_table.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using marks = std::map<std::string, std::string>;

// A process may have an empty environment for good.
constexpr int most_looks = 5;

// In the midst of an exec a process has a program and not yet an environment.
bool is_between_programs(pid_t process) {
  const std::string place = "/proc/" + std::to_string(process);
  std::error_code code;
  const auto program = std::filesystem::read_symlink(place + "/exe", code);
  return !program.empty() &&
         std::ifstream{place + "/environ"}.peek() == std::ifstream::traits_type::eof();
}

bool is_marked(pid_t process, const marks& wanted) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/environ", std::ios::binary};
  const std::string environment = '\0' + std::string{std::istreambuf_iterator<char>{file}, {}} + '\0';
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& mark) {
    return environment.find('\0' + mark.first + '=' + mark.second + '\0') != std::string::npos;
  });
}

std::vector<file_descriptor> kill_all(const marks& wanted) {
  std::vector<file_descriptor> killed;
  for (const pid_t process : all_processes()) {
    if (process == getpid())
      continue;
    for (int looks = 0; looks < most_looks && is_between_programs(process); ++looks)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    if (!is_marked(process, wanted))
      continue;
    file_descriptor opened = open_process(process);
    // Its number may have gone to another process before it was opened, so it is looked at again.
    if (opened && is_marked(process, wanted) && kill_process(opened))
      killed.push_back(std::move(opened));
  }
  return killed;
}

} // namespace

std::size_t real_processes::kill_marked(const marks& wanted) {
  if (wanted.empty())
    return 0;
  const auto deadline = std::chrono::steady_clock::now() + limits::process_stop_grace;
  std::size_t total = 0;
  // What was killed may have forked just before.
  for (auto killed = kill_all(wanted); !killed.empty(); killed = kill_all(wanted)) {
    const std::size_t ended = wait_until_ended(killed, deadline);
    total += ended;
    if (ended < killed.size()) {
      spdlog::warn("{} killed processes have not ended yet", killed.size() - ended);
      break;
    }
  }
  return total;
}

} // namespace troupe::host
