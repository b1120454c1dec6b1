#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

TEST_CASE("the real snapctl sets a snap's health from a hook, and prints what is wrong otherwise") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto source = plain_snap("hello");
  source.files["bin/snapctl"] = read_file(snap_client().parent_path() / "snapctl");
  source.hooks["configure"] = "#!/bin/sh\n"
                              "export SNAPPY_GLOBAL_ROOT=$TROUPE_ROOT SNAP_REEXEC=0\n"
                              "exec >$SNAP_COMMON/said 2>&1\n"
                              "snapctl=$SNAP/bin/snapctl\n"
                              "$snapctl set-health blocked 'plug it in' --code=no-printer; echo $?\n"
                              "$snapctl set-health fine; echo $?\n"
                              "$snapctl fly; echo $?\n"
                              "$snapctl set-health --help | head -1\n";
  auto change = install(w.api, w.make_snap(source));
  INFO(text(change, "err"));
  CHECK(text(change, "status") == "Done");
  auto said = read_file(w.common_data("hello") / "said");
  CHECK(said.starts_with("0\nerror: error running snapctl: cannot set health: its status must be "));
  CHECK_THAT(said,
             Contains("\n1\nerror: error running snapctl: snapctl: command \"fly\" is not known by "
                      "this version\n1\nusage: snapctl set-health "));
  CHECK_THAT(w.troupe({"info", "hello"}).out,
             Contains("health:       blocked\n  message:    plug it in\n  code:       no-printer\n"));
}
