#include "tests/support/temporary_root.hpp"

#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "runtime/host/probe_tracking.hpp"

namespace troupe::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 120s;
constexpr auto pause = 10ms;

void unmount_below(const fs::path& directory) {
  for (const auto& place : mounts_below(directory))
    if (umount2(place.c_str(), UMOUNT_NOFOLLOW) != 0)
      umount2(place.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH);
}

void list_below(const fs::path& directory, std::vector<std::string>& into) {
  std::error_code code;
  for (const auto& entry : fs::recursive_directory_iterator{directory, code})
    into.push_back(entry.path().string());
}

/// The groups of processes that daemons of this root have made; one with members stays.
void remove_groups(const fs::path& root) {
  for (const auto* hierarchy : {"/sys/fs/cgroup/freezer", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
    const auto groups = fs::path{hierarchy} / host::group_prefix(root);
    std::error_code code;
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator{groups, code})
      if (entry.is_directory(code))
        found.push_back(entry.path());
    for (const auto& group : found)
      rmdir(group.c_str());
    rmdir(groups.c_str());
  }
}

} // namespace

temporary_root::temporary_root() {
  char pattern[] = "/tmp/troupe-test-XXXXXX";
  if (!mkdtemp(pattern))
    throw std::system_error{errno, std::generic_category(), "mkdtemp"};
  work_ = pattern;
  // Applications of snaps may be run by other users.
  fs::permissions(work_, fs::perms{0755});
  fs::create_directory(root());
}

temporary_root::~temporary_root() {
  unmount_below(work_);
  remove_groups(root());
  std::error_code ignored;
  // A mount that couldn't be taken away must not lose its files.
  if (mounts_below(work_).empty())
    fs::remove_all(work_, ignored);
}

std::vector<std::string> mounts_below(const fs::path& directory) {
  std::vector<std::string> found;
  std::ifstream table{"/proc/self/mountinfo"};
  auto prefix = directory.string() + "/";
  for (std::string line; std::getline(table, line);) {
    std::istringstream words{line};
    std::string place;
    // Source: proc(5), mountinfo: the mount point is the fifth field.
    for (int field = 0; field < 5; ++field)
      words >> place;
    if (place == directory || place.starts_with(prefix))
      found.push_back(place);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::vector<int> processes_with(const std::string& variable, const std::string& value) {
  std::vector<int> found;
  auto wanted = variable + "=" + value;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator{"/proc", code}) {
    auto name = entry.path().filename().string();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
      continue;
    std::ifstream environment{entry.path() / "environ"};
    for (std::string text; std::getline(environment, text, '\0');)
      if (text == wanted) {
        found.push_back(std::stoi(name));
        break;
      }
  }
  return found;
}

std::vector<std::string> leftovers(const fs::path& root) {
  std::vector<std::string> found;
  for (const auto* directory :
       {"snap", "var/snap", "var/lib/snapd/snaps", "var/lib/snapd/profiles", "var/lib/troupe/spool"})
    list_below(root / directory, found);
  std::erase(found, (root / "snap/bin").string());
  for (const auto& place : mounts_below(root))
    if (place != root)
      found.push_back("mounted: " + place);
  for (const auto* mark : {"TROUPE_HOOK_ROOT", "TROUPE_SERVICE_ROOT"})
    for (auto pid : processes_with(mark, root.string()))
      found.push_back("process " + std::to_string(pid));
  return found;
}

std::vector<std::string> lasting_leftovers(const fs::path& root) {
  eventually([&] { return leftovers(root).empty(); });
  return leftovers(root);
}

bool eventually(const std::function<bool()>& condition) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return condition();
    std::this_thread::sleep_for(pause);
  }
  return true;
}

} // namespace troupe::test
