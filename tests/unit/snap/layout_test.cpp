#include "runtime/snap/layout.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("every path is under the root") {
  layout places{"/r"};
  revision local{-1};
  CHECK(places.mount_dir("hello") == "/r/snap/hello");
  CHECK(places.mount_point("hello_k", local) == "/r/snap/hello_k/x1");
  CHECK(places.current_link("hello") == "/r/snap/hello/current");
  CHECK(places.bin_dir() == "/r/snap/bin");
  CHECK(places.image("hello", revision{7}) == "/r/var/lib/snapd/snaps/hello_7.snap");
  CHECK(places.data_dir("hello", local) == "/r/var/snap/hello/x1");
  CHECK(places.common_data_dir("hello") == "/r/var/snap/hello/common");
  CHECK(places.snap_data_dir("hello") == "/r/var/snap/hello");
  CHECK(places.database() == "/r/var/lib/troupe/journal.db");
  CHECK(places.spool_dir() == "/r/var/lib/troupe/spool");
  CHECK(places.lock_file() == "/r/var/lib/troupe/lock");
  CHECK(places.troupe_socket() == "/r/run/troupe.socket");
  CHECK(places.snap_socket() == "/r/run/snapd.socket");
  CHECK(places.snapctl_socket() == "/r/run/snapd-snap.socket");
  CHECK(layout{"/"}.mount_dir("hello") == "/snap/hello");
}

TEST_CASE("a launcher has the snap's name alone where the application has it too") {
  layout places{"/r"};
  CHECK(places.launcher("hello", "hello") == "/r/snap/bin/hello");
  CHECK(places.launcher("hello", "svc") == "/r/snap/bin/hello.svc");
  CHECK(places.launcher("hello_k", "hello") == "/r/snap/bin/hello_k");
  CHECK(places.launcher("hello_k", "svc") == "/r/snap/bin/hello_k.svc");
}
