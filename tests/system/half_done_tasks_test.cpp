#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
namespace fs = std::filesystem;

TEST_CASE("a task that fails half-way takes back what it had done") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello"));
  fs::path obstacle;
  std::string failing;
  SECTION("mount-snap, where a file is in the mount point's way") {
    obstacle = w.in_root("snap/hello");
    write_file(obstacle, "");
    failing = "Mount snap";
  }
  SECTION("link-snap, where a directory is in the launcher's way") {
    obstacle = w.in_root("snap/bin/hello");
    fs::create_directories(obstacle / "full");
    failing = "available to the system";
  }
  auto change = install(w.api, image);
  CHECK(text(change, "status") == "Error");
  CHECK(text(task_of(change, failing), "status") == "Error");
  CHECK(fs::exists(obstacle));
  fs::remove_all(obstacle);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
  CHECK(text(install(w.api, image), "status") == "Done");
}
