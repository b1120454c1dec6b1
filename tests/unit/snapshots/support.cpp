#include "support.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace troupe::testing {

namespace {

std::string attributes_of(const fs::path& file) {
  std::string names(64U << 10, '\0');
  const ssize_t listed = llistxattr(file.c_str(), names.data(), names.size());
  std::vector<std::string> lines;
  for (const char* name = names.data(); name < names.data() + listed; name += std::strlen(name) + 1) {
    std::string value(64U << 10, '\0');
    const ssize_t bytes = lgetxattr(file.c_str(), name, value.data(), value.size());
    value.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    lines.push_back(std::string{name} + "=" + value);
  }
  std::ranges::sort(lines);
  std::string result;
  for (const auto& line : lines)
    result += " " + line;
  return result;
}

std::string look_of_one(const fs::path& file, const fs::path& shown,
                        std::map<ino_t, fs::path>& first_names) {
  struct stat status {};
  if (lstat(file.c_str(), &status) != 0)
    return shown.string() + " can't be looked at";
  std::ostringstream line;
  line << shown.string() << std::oct << " mode " << status.st_mode << std::dec << " owner "
       << status.st_uid << ":" << status.st_gid << " changed " << status.st_mtim.tv_sec << "."
       << status.st_mtim.tv_nsec << attributes_of(file);
  if (S_ISLNK(status.st_mode))
    line << " to " << fs::read_symlink(file).string();
  if (S_ISREG(status.st_mode))
    line << " bytes " << status.st_size << " hash " << std::hash<std::string>{}(text_of(file));
  if (S_ISREG(status.st_mode) && status.st_nlink > 1)
    line << " same as " << first_names.emplace(status.st_ino, shown).first->second.string();
  return line.str();
}

} // namespace

snapshot_info sample_info() {
  snapshot_info info;
  info.set = 12;
  info.time = time_point{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
  info.snap = "firefox_work";
  info.snap_id = "3wdHCAVyZEmYsCMFDE9qt92UV8rC8Wdk";
  info.rev = {7};
  info.version = "1.0 \"beta\"";
  info.summary = "a browser\nof many";
  info.epoch = {{0, 1}, {1}};
  info.config = R"({"a":{"b":[1,null,"x"]}})";
  info.flags = {true, false, true};
  info.is_automatic = true;
  return info;
}

std::vector<std::string> look_of(const fs::path& tree) {
  std::map<ino_t, fs::path> first_names;
  std::vector<fs::path> files;
  if (fs::exists(fs::symlink_status(tree)))
    files.push_back(tree);
  if (fs::is_directory(fs::symlink_status(tree)))
    for (const auto& entry : fs::recursive_directory_iterator{tree})
      files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> result;
  for (const auto& file : files)
    result.push_back(look_of_one(file, file.lexically_relative(tree), first_names));
  return result;
}

std::vector<std::string> look_in(const fs::path& tree) {
  auto lines = look_of(tree);
  lines.erase(lines.begin());
  return lines;
}

data_fixture::data_fixture(disk where) {
  // Without root's powers it is a slow test.
  if (where == disk::memory && geteuid() == 0)
    REQUIRE(mount("none", dir.path().c_str(), "tmpfs", 0, "size=256m") == 0);
  fs::create_directories(dir / "data/7/profile");
  fs::create_directories(dir / "data/common");
  put(dir / "data/7/profile/bookmarks", "many");
  put(dir / "data/7/settings", std::string(3000, 's'));
  put(dir / "data/common/cache", "warm");
}

} // namespace troupe::testing
