#include <sys/mount.h>

#include "tests/crash/crash_world.hpp"
#include "tests/crash/report.hpp"
#include "tests/support/world.hpp"

using namespace troupe::crash;
using troupe::test::write_file;
namespace fs = std::filesystem;

TEST_CASE("what is missing, too much or changed in a root is told line by line") {
  TROUPE_NEEDS_ROOT();
  snap_shelf shelf;
  crash_world world{shelf};
  world.fulfil({{"install", {"app"}}, {"install", {"other"}}});
  const installed_snaps both{{"app", {"x1", true}}, {"other", {"x1", true}}};
  REQUIRE(world.compare(both) == faults{});
  auto before = world.now();

  auto root = world.root();
  write_file(root / "var/snap/app/x1/configured", "changed\n");
  write_file(root / "var/lib/troupe/spool/upload", "x\n");
  fs::remove(root / "snap/bin/app");
  fs::remove(root / "snap/other/current");
  fs::create_symlink("x2", root / "snap/other/current");
  CHECK(differences(before, world.now()) ==
        faults{"missing: file var/snap/app/x1/configured: configured\\n",
               "missing: link snap/bin/app -> troupe-run", "missing: link snap/other/current -> x1",
               "left over: file var/lib/troupe/spool/upload: x\\n",
               "left over: file var/snap/app/x1/configured: changed\\n",
               "left over: link snap/other/current -> x2"});

  if (world.images() == "kernel") {
    REQUIRE(umount2((root / "snap/app/x1").c_str(), 0) == 0);
    CHECK_FALSE(world.now().contains("mounted snap/app/x1"));
    CHECK_FALSE(world.now().contains("loop device of var/lib/snapd/snaps/app_x1.snap"));
  }
  CHECK(unusable(root, both).size() == 2);
}

TEST_CASE("a snap that the journal knows and nobody expects is told") {
  TROUPE_NEEDS_ROOT();
  snap_shelf shelf;
  crash_world world{shelf};
  auto empty = world.now();
  world.fulfil({{"install", {"app"}}, {"disable", {"app"}}});
  auto found = differences(empty, world.now());
  CHECK(std::count(
            found.begin(), found.end(),
            "left over: journal: snap app at x1, inactive, revisions x1, channel \"\", config {}") == 1);
  CHECK(world.compare({{"app", {"x1", false}}}) == faults{});
}

TEST_CASE("a change that was told and isn't there, or ended otherwise, is lost") {
  const std::vector<told_change> are{{"1", "install-snap", "Error", {"app"}, true, {}}};
  CHECK(lost({{"1", {}, {}, {}, false, {}}}, are) == faults{});
  CHECK(lost({{"1", {}, "Done", {}, true, {}}, {"2", {}, {}, {}, false, {}}}, are) ==
        faults{"change 1 had ended as Done and is now Error", "change 2 was accepted and is lost"});
}
