#include <catch2/catch.hpp>

#include <functional>
#include <thread>

#include <sys/mount.h>
#include <unistd.h>

#include "in_child.hpp"
#include "runtime/host/root_view.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

constexpr int view_refused = 77;

/// Whether everything holds that a child sees in its view.
bool holds_in_child(const root_view& view, const std::function<bool()>& see) {
  const int status = status_in_child([&] {
    try {
      enter_root(view);
    } catch (const view_not_allowed&) {
      return view_refused;
    }
    return see() ? 0 : 1;
  });
  if (status == view_refused)
    WARN("skipped: this user may not give a process a root of its own here");
  return status == 0 || status == view_refused;
}

bool can_write(const fs::path& file) {
  std::ofstream out{file};
  return static_cast<bool>(out << "x" << std::flush);
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream{file} << text;
}

} // namespace

TEST_CASE("a process sees the files that it is shown, and no others") {
  temp_dir dir;
  write(dir / "read/a", "one");
  write(dir / "write/b", "two");
  write(dir / "other/c", "three");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "read", .to = dir / "read"},
                {.from = dir / "write", .to = "/elsewhere", .writable = true},
                {.from = dir / "read/a", .to = "/file"},
                {.from = dir / "none", .to = "/none"}};
  view.links = {{"/link", "file"}};
  CHECK(holds_in_child(view, [&] {
    return text_of(dir / "read/a") == "one" && text_of("/elsewhere/b") == "two" &&
           text_of("/link") == "one" && !fs::exists(dir / "other") && !fs::exists("/none") &&
           !fs::exists("/etc") && fs::exists("/usr/bin/env") && !can_write(dir / "read/a") &&
           !can_write("/new") && !can_write("/usr/new") && can_write("/elsewhere/new");
  }));
  CHECK(text_of(dir / "write/new") == "x");
  CHECK(fs::exists(dir / "other"));
}

TEST_CASE("a process has empty directories of its own, which others don't see") {
  temp_dir dir;
  root_view view;
  view.base = "/";
  view.own.push_back({"/tmp"});
  view.shown = {{.from = dir.path(), .to = dir.path(), .writable = true}};
  CHECK(holds_in_child(view, [&] {
    return can_write("/tmp/mine") && can_write(dir / "seen") &&
           std::distance(fs::directory_iterator{"/tmp"}, {}) == 2;
  }));
  CHECK(!fs::exists("/tmp/mine"));
  CHECK(fs::exists(dir / "seen"));
}

TEST_CASE("what is hidden appears empty, except for what is shown in it") {
  temp_dir dir;
  write(dir / "home/.secret/key", "k");
  write(dir / "home/.token", "t");
  write(dir / "home/.config/app/setting", "s");
  write(dir / "home/letter", "l");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "home", .to = dir / "home", .writable = true}};
  view.hidden = {dir / "home/.secret", dir / "home/.token", dir / "home/.config", dir / "home/.none"};
  view.within = {{.from = dir / "home/.config/app", .to = dir / "home/.config/app", .writable = true}};
  CHECK(holds_in_child(view, [&] {
    return text_of(dir / "home/letter") == "l" && !fs::exists(dir / "home/.secret/key") &&
           text_of(dir / "home/.token").empty() && text_of(dir / "home/.config/app/setting") == "s" &&
           !can_write(dir / "home/.config/new") && can_write(dir / "home/new");
  }));
  CHECK(text_of(dir / "home/.token") == "t");
}

TEST_CASE("a hidden directory that is granted itself can be written to") {
  temp_dir dir;
  write(dir / "home/.kube/config", "c");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "home", .to = dir / "home", .writable = true}};
  view.hidden = {dir / "home/.kube"};
  view.within = {{dir / "home", dir / "home/.kube", true, ".kube", false, false}};
  CHECK(holds_in_child(view, [&] {
    return text_of(dir / "home/.kube/config") == "c" && can_write(dir / "home/.kube/new");
  }));
}

TEST_CASE("a link shows what it leads to on the host, unless links aren't followed") {
  temp_dir dir;
  write(dir / "real/a", "one");
  fs::create_symlink(dir / "real/a", dir / "link");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "link", .to = "/seen"},
                {dir.path(), "/unseen", false, "link", false, false}};
  CHECK(holds_in_child(view, [&] { return text_of("/seen") == "one" && !fs::exists("/unseen/a"); }));
}

TEST_CASE("what the host mounts later isn't seen in what can't be written to") {
  if (geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  temp_dir dir;
  REQUIRE(mount("none", dir.path().c_str(), "tmpfs", 0, "size=1m") == 0);
  REQUIRE(mount(nullptr, dir.path().c_str(), nullptr, MS_SHARED, nullptr) == 0);
  write(dir / "read/later/a", "below");
  int ready[2];
  int mounted[2];
  REQUIRE(pipe(ready) == 0);
  REQUIRE(pipe(mounted) == 0);
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "read", .to = "/read"}};
  std::thread host{[&] {
    char byte = 0;
    if (read(ready[0], &byte, 1) == 1)
      mount("none", (dir / "read/later").c_str(), "tmpfs", 0, "size=1m");
    static_cast<void>(::write(mounted[1], &byte, 1));
  }};
  CHECK(holds_in_child(view, [&] {
    char byte = 0;
    return ::write(ready[1], &byte, 1) == 1 && read(mounted[0], &byte, 1) == 1 &&
           text_of("/read/later/a") == "below" && !can_write("/read/later/b");
  }));
  host.join();
  CHECK(!fs::exists(dir / "read/later/a"));
  umount(dir.path().c_str());
  for (const int end : {ready[0], ready[1], mounted[0], mounted[1]})
    close(end);
}

TEST_CASE("nothing is shown from outside of a directory, nor put there, by links in it") {
  temp_dir dir;
  write(dir / "outside/secret", "s");
  fs::create_directories(dir / "shared");
  fs::create_directory_symlink(dir / "outside", dir / "shared/out");
  fs::create_directories(dir / "own");
  fs::create_directory_symlink(dir / "outside", dir / "own/into");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "own", .to = dir / "own", .writable = true}};
  view.within = {{dir / "shared", dir / "own/a", false, "out", false},
                 {dir / "shared", dir / "own/b", false, "../outside", false},
                 {dir / "shared", dir / "own/into/c", false, "", false}};
  CHECK(holds_in_child(
      view, [&] { return !fs::exists(dir / "own/a/secret") && !fs::exists(dir / "own/b/secret"); }));
  CHECK(!fs::exists(dir / "outside/c"));
}

TEST_CASE("a process goes on in its working directory if it sees that, else in the root") {
  temp_dir dir;
  fs::create_directories(dir / "seen");
  fs::create_directories(dir / "unseen");
  root_view view;
  view.base = "/";
  view.shown = {{.from = dir / "seen", .to = dir / "seen"}};
  const auto before = fs::current_path();
  for (const auto* name : {"seen", "unseen"}) {
    fs::current_path(dir / name);
    CHECK(holds_in_child(view, [&] {
      return fs::current_path() == (std::string{name} == "seen" ? dir / "seen" : fs::path{"/"});
    }));
  }
  fs::current_path(before);
}
