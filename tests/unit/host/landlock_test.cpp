#include <catch2/catch.hpp>

#include <cerrno>
#include <functional>

#include <fcntl.h>
#include <sys/stat.h>

#include "in_child.hpp"
#include "runtime/host/landlock.hpp"
#include "temp_dir.hpp"

using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

int error_in_child(const root_view& view, const std::function<long()>& call) {
  return status_in_child([&] {
    keep_to(view);
    return error_of(call());
  });
}

std::function<long()> opening(const std::filesystem::path& file, int flags) {
  return [file, flags] { return open(file.c_str(), flags, 0600); };
}

} // namespace

TEST_CASE(
    "a program is kept to the files that it is shown, where the machine allows no view of its own") {
  if (!has_landlock()) {
    WARN("skipped: the kernel has no landlock");
    return;
  }
  temp_dir dir;
  for (const auto* name : {"read", "write", "other"}) {
    std::filesystem::create_directory(dir / name);
    close(open((dir / name / "file").c_str(), O_CREAT | O_WRONLY, 0600));
  }
  root_view view;
  view.shown = {{.from = dir / "read", .to = dir / "read"},
                {.from = dir / "write", .to = dir / "write", .writable = true},
                {.from = dir / "gone", .to = dir / "gone"}};
  CHECK(error_in_child(view, opening(dir / "read/file", O_RDONLY)) == 0);
  CHECK(error_in_child(view, opening(dir / "read/file", O_WRONLY)) == EACCES);
  CHECK(error_in_child(view, opening(dir / "write/file", O_WRONLY)) == 0);
  CHECK(error_in_child(view, opening(dir / "write/new", O_CREAT | O_WRONLY)) == 0);
  CHECK(error_in_child(view, opening(dir / "other/file", O_RDONLY)) == EACCES);
  CHECK(error_in_child(view, opening("/etc/passwd", O_RDONLY)) == EACCES);
  CHECK(error_in_child(view, opening("/bin/sh", O_RDONLY)) == 0);
}

TEST_CASE("what would have to be shown at another place is told, since landlock can't do that") {
  if (!has_landlock())
    return;
  temp_dir dir;
  root_view view;
  view.within = {{.from = dir.path(), .to = "/elsewhere"}};
  CHECK(error_in_child(view, [&view] { return keep_to(view).size() == 1 ? 0L : -1L; }) == 0);
}
