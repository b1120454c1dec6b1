#include "runtime/host/group_files.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>

#include <fcntl.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

std::vector<pid_t> read_processes(const std::filesystem::path& file) {
  const file_descriptor opened{open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!opened && (errno == ENOENT || errno == ENODEV))
    return {};
  const auto what = "cannot read \"" + file.string() + "\"";
  if (!opened)
    throw_errno(what);
  std::string text;
  for (;;) {
    const auto length = text.size();
    constexpr std::size_t piece = 64U << 10;
    text.resize(length + piece);
    const auto count = read(opened.get(), text.data() + length, piece);
    text.resize(length + (count > 0 ? static_cast<std::size_t>(count) : 0));
    // The group was removed meanwhile.
    if (count < 0 && errno == ENODEV)
      return {};
    if (count < 0 && errno != EINTR)
      throw_errno(what);
    if (count == 0)
      break;
  }
  std::vector<pid_t> processes;
  std::istringstream numbers{text};
  for (pid_t process = 0; numbers >> process;)
    processes.push_back(process);
  return processes;
}

void write_value(const std::filesystem::path& file, std::string_view value, const std::string& what) {
  const file_descriptor opened{open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!opened || write(opened.get(), value.data(), value.size()) < 0)
    throw_errno(what);
}

std::filesystem::path mount_of_type(std::string_view type, std::string_view option) {
  std::ifstream mounts{"/proc/self/mounts"};
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields{line};
    std::string device;
    std::string place;
    std::string found_type;
    std::string options;
    fields >> device >> place >> found_type >> options;
    if (found_type == type &&
        (option.empty() || ("," + options + ",").find("," + std::string{option} + ",") != options.npos))
      return place;
  }
  return {};
}

} // namespace troupe::host
