#include "tests/crash/whole_snaps.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::test {

namespace {

namespace fs = std::filesystem;
using lines = std::set<std::string>;

class comparison {
public:
  comparison(const fs::path& root, const std::string& images) : root_{root}, images_{images} {}

  void expect(const std::string& name, const said_snap& snap) {
    auto image = "var/lib/snapd/snaps/" + name + "_" + snap.revision + ".snap";
    expected_.insert({"snap/" + name, "snap/" + name + "/" + snap.revision, "var/snap/" + name,
                      "var/snap/" + name + "/common", "var/snap/" + name + "/" + snap.revision, image});
    if (images_ != "unpacked")
      expected_.insert("mounted snap/" + name + "/" + snap.revision);
    if (images_ == "kernel")
      expected_.insert("loop device of " + image);
    if (snap.active)
      expected_.insert(
          {"snap/" + name + "/current", "var/snap/" + name + "/current", "snap/bin/" + name});
  }

  std::vector<std::string> differences() {
    find();
    std::vector<std::string> result;
    for (const auto& line : expected_)
      if (!found_.contains(line))
        result.push_back("missing: " + line);
    for (const auto& line : found_)
      if (!expected_.contains(line))
        result.push_back("left over: " + line);
    return result;
  }

private:
  void find() {
    for (const auto* directory : {"snap", "var/snap"}) {
      find_in(directory);
      std::error_code gone;
      for (const auto& snap : fs::directory_iterator{root_ / directory, gone})
        find_in(fs::path{directory} / snap.path().filename());
    }
    found_.erase("snap/bin");
    find_in("var/lib/snapd/snaps");
    find_in("var/lib/troupe/spool");
    for (const auto& place : mounts_below(root_))
      found_.insert("mounted " + relative(place));
    find_loop_devices();
    for (auto pid : processes_with("TROUPE_HOOK_ROOT", root_.string()))
      found_.insert("process " + std::to_string(pid));
  }

  void find_in(const fs::path& directory) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator{root_ / directory, gone})
      found_.insert((directory / entry.path().filename()).string());
  }

  // Source: the kernel's ABI/testing/sysfs-block-loop.
  void find_loop_devices() {
    for (const auto& device : fs::directory_iterator{"/sys/block"}) {
      auto image = read_file(device.path() / "loop/backing_file");
      if (image.starts_with(root_.string() + "/"))
        found_.insert("loop device of " + relative(image.substr(0, image.find('\n'))));
    }
  }

  std::string relative(const fs::path& path) const { return path.lexically_relative(root_).string(); }

  fs::path root_;
  std::string images_;
  lines expected_;
  lines found_;
};

bool is_readable(const fs::path& root, const std::string& name, const said_snap& snap) {
  return read_file(root / "snap" / name / snap.revision / "meta/snap.yaml").starts_with("name: " + name);
}

bool runs(const fs::path& root, const std::string& name, const said_snap& snap) {
  auto ran = run_program({(root / "snap/bin" / name).string()},
                         {{"HOME", (root.parent_path() / "home").string()}});
  return ran.exit_code == 0 && ran.out.find("SNAP_REVISION=" + snap.revision) != std::string::npos;
}

} // namespace

std::vector<std::string> faults_of(const fs::path& root,
                                   const std::map<std::string, said_snap>& installed,
                                   const std::string& images) {
  comparison whole{root, images};
  for (const auto& [name, snap] : installed)
    whole.expect(name, snap);
  auto faults = whole.differences();
  for (const auto& [name, snap] : installed) {
    if (!is_readable(root, name, snap))
      faults.push_back("unreadable: " + name);
    else if (snap.active && !runs(root, name, snap))
      faults.push_back("doesn't run: " + name);
  }
  return faults;
}

std::vector<std::string> lasting_faults_of(const fs::path& root,
                                           const std::map<std::string, said_snap>& installed,
                                           const std::string& images) {
  eventually([&] { return faults_of(root, installed, images).empty(); });
  return faults_of(root, installed, images);
}

} // namespace troupe::test
