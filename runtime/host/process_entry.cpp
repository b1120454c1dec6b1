#include "runtime/host/process_entry.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

/// Nothing where the process has gone, or has no such entry for this program's eyes.
std::optional<std::string> read_entry(pid_t process, const std::string& name) {
  const file_descriptor file{
      open(("/proc/" + std::to_string(process) + "/" + name).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file)
    return std::nullopt;
  std::string text;
  std::array<char, 4096> piece{};
  while (text.size() < limits::process_entry_bytes) {
    const auto length = read(file.get(), piece.data(), piece.size());
    if (length <= 0)
      break;
    text.append(piece.data(), static_cast<std::size_t>(length));
  }
  return text;
}

// A process may have neither arguments nor an environment for good.
constexpr int most_looks = 5;

/// In the midst of an exec a process has a program and not yet arguments or an environment.
std::string read_environment(pid_t process) {
  auto text = read_entry(process, "environ");
  for (int looks = 1; looks < most_looks && text && text->empty(); ++looks) {
    std::error_code code;
    if (std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe", code).empty() ||
        read_entry(process, "cmdline") != "")
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    text = read_entry(process, "environ");
  }
  return text.value_or("");
}

} // namespace

std::map<std::string, std::string> environment_of(pid_t process) {
  std::map<std::string, std::string> variables;
  const auto text = read_environment(process);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\0');
    const auto entry = rest.substr(0, end);
    if (const auto equals = entry.find('='); equals != entry.npos)
      variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return variables;
}

bool has_variable(pid_t process, const std::string& name, const std::string& value) {
  const auto entry = name + '=' + value + '\0';
  const auto text = read_environment(process);
  if (text.starts_with(entry))
    return true;
  return text.find('\0' + entry) != text.npos;
}

std::string command_of(pid_t process) {
  auto text = read_entry(process, "comm").value_or("");
  if (text.ends_with('\n'))
    text.pop_back();
  return text;
}

std::string user_of(pid_t process) {
  struct stat entry {};
  if (stat(("/proc/" + std::to_string(process)).c_str(), &entry) != 0)
    return {};
  passwd found{};
  passwd* user = nullptr;
  std::array<char, 4096> buffer{};
  getpwuid_r(entry.st_uid, &found, buffer.data(), buffer.size(), &user);
  return user ? user->pw_name : std::to_string(entry.st_uid);
}

} // namespace troupe::host
