#include "runtime/host/run_control_files.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

using kind = run_control_name::kind;

constexpr std::string_view prefix = "snap.";
constexpr std::array endings{std::pair{std::string_view{".inhibited"}, kind::inhibited},
                             std::pair{std::string_view{".running"}, kind::running},
                             std::pair{std::string_view{".lock"}, kind::lock}};

std::filesystem::path file_of(const std::filesystem::path& directory, const std::string& snap,
                              kind what) {
  for (const auto& [ending, its_kind] : endings)
    if (its_kind == what)
      return directory / (group_of(snap) + std::string{ending});
  return {};
}

std::filesystem::path tracking_file(const std::filesystem::path& directory) {
  return directory / "tracking";
}

} // namespace

std::filesystem::path inhibited_file(const std::filesystem::path& directory, const std::string& snap) {
  return file_of(directory, snap, kind::inhibited);
}

std::filesystem::path marker_directory(const std::filesystem::path& directory) {
  return directory / "running";
}

std::filesystem::path running_file(const std::filesystem::path& directory, const std::string& snap) {
  return file_of(marker_directory(directory), snap, kind::running);
}

std::filesystem::path lock_file_of(const std::filesystem::path& directory, const std::string& snap) {
  return file_of(directory, snap, kind::lock);
}

// A snap's name has no dot.
run_control_name run_control_name_of(const std::string& file) {
  for (const auto& [ending, what] : endings)
    if (file.starts_with(prefix) && file.ends_with(ending) &&
        file.size() > prefix.size() + ending.size()) {
      auto snap = file.substr(prefix.size(), file.size() - prefix.size() - ending.size());
      return snap.find('.') == snap.npos ? run_control_name{snap, what} : run_control_name{};
    }
  return {};
}

std::string group_of(const std::string& snap) { return std::string{prefix} + snap; }

struct flock byte_lock(lock_byte byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  return lock;
}

void write_own_file(const std::filesystem::path& file, std::string_view text) {
  const auto what = "cannot write \"" + file.string() + "\"";
  constexpr mode_t for_all_to_read = 0644;
  unlink(file.c_str());
  const file_descriptor made{
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, for_all_to_read)};
  if (!made || fchmod(made.get(), for_all_to_read) != 0)
    throw_errno(what);
  write_all(made.get(), text, what);
}

void write_tracking(const std::filesystem::path& directory, const tracking_choice& choice) {
  const auto file = tracking_file(directory);
  auto fresh = file;
  fresh += ".new";
  write_own_file(fresh, choice.groups.string() + '\n' + choice.mark + '\n');
  if (std::rename(fresh.c_str(), file.c_str()) != 0)
    throw_errno("cannot write \"" + file.string() + "\"");
}

tracking_choice read_tracking(const std::filesystem::path& directory) {
  std::ifstream file{tracking_file(directory)};
  std::string groups;
  tracking_choice choice;
  if (!std::getline(file, groups) || !std::getline(file, choice.mark))
    throw failure{"the daemon has not run since this host was started; start trouped"};
  choice.groups = groups;
  return choice;
}

} // namespace troupe::host
