#include "runtime/host/run_control_files.hpp"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

#include "messages/failure.hpp"

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

std::filesystem::path running_file(const std::filesystem::path& directory, const std::string& snap) {
  return file_of(directory, snap, kind::running);
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

void write_tracking(const std::filesystem::path& directory, const tracking_choice& choice) {
  auto file = tracking_file(directory);
  auto fresh = file;
  fresh += ".new";
  std::ofstream{fresh} << choice.groups.string() << '\n' << choice.mark << '\n';
  std::error_code code;
  std::filesystem::rename(fresh, file, code);
  if (code)
    throw failure{failure_kind::internal, "cannot write \"" + file.string() + "\": " + code.message()};
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
