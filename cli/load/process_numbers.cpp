#include "cli/load/process_numbers.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "runtime/api/unix_socket.hpp"

namespace troupe::load {

namespace {

namespace fs = std::filesystem;

/// The number after "KEY:" in a file of such lines. Source: proc(5), status and io.
std::optional<std::uint64_t> field(const fs::path& file, const std::string& key) {
  std::ifstream in{file};
  for (std::string word; in >> word;)
    if (std::uint64_t number = 0; word == key + ":" && in >> number)
      return number;
  return std::nullopt;
}

std::optional<std::uint64_t> entries(const fs::path& directory) {
  std::error_code code;
  std::uint64_t count = 0;
  for (fs::directory_iterator at{directory, code}; !code && at != fs::directory_iterator{};
       at.increment(code))
    ++count;
  if (code)
    return std::nullopt;
  return count;
}

} // namespace

std::optional<process_numbers> numbers_of(pid_t pid) {
  auto process = fs::path{"/proc"} / std::to_string(pid);
  auto memory_kib = field(process / "status", "VmRSS");
  auto threads = field(process / "status", "Threads");
  auto written = field(process / "io", "write_bytes");
  auto descriptors = entries(process / "fd");
  if (pid <= 0 || !memory_kib || !threads || !written || !descriptors)
    return std::nullopt;
  return process_numbers{*memory_kib << 10, *descriptors, *threads, *written};
}

pid_t listener_of(const fs::path& socket) {
  auto connection = connect_to(socket);
  return credentials(connection.get(), socket_role::troupe).pid;
}

bool shares_mounts_with_us(pid_t pid) {
  std::error_code code;
  auto theirs = fs::read_symlink(fs::path{"/proc"} / std::to_string(pid) / "ns/mnt", code);
  return !code && theirs == fs::read_symlink("/proc/self/ns/mnt", code);
}

} // namespace troupe::load
