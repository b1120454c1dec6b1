#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"
#include "tests/support/stored_warnings.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

TEST_CASE("snap tells of warnings after a command, lists them and says okay to them") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto none = w.snap({"warnings"});
  CHECK(none.exit_code == 0);
  CHECK(none.out == "No warnings.\n");
  CHECK(w.snap({"okay"}).exit_code == 1);

  w.daemon.stop();
  store_warnings(w.root(), {"the disk is almost full", "the clock was set back"});
  w.daemon.start();
  CHECK_THAT(w.snap({"list"}).err, Contains("WARNING: There are 2 new warnings. See 'snap warnings'."));
  CHECK_THAT(w.snap({"changes"}).err, Contains("WARNING: There are 2 new warnings."));

  auto listed = w.snap({"warnings"});
  CHECK(listed.exit_code == 0);
  CHECK_THAT(listed.out, Contains("the disk is almost full") && Contains("the clock was set back"));
  CHECK_THAT(w.snap({"list"}).err, !Contains("WARNING"));
  auto detailed = w.snap({"warnings", "--verbose"});
  CHECK_THAT(detailed.out, Contains("repeats-after:     1d00h") &&
                               Contains("expires-after:     28d0h") &&
                               Contains("acknowledged:      --"));

  auto said = w.snap({"okay"});
  INFO(said.err);
  CHECK(said.exit_code == 0);
  CHECK(w.snap({"warnings"}).out == "No further warnings.\n");
  CHECK_THAT(w.snap({"warnings", "--all"}).out, Contains("the disk is almost full"));
  w.daemon.restart();
  CHECK(w.snap({"warnings"}).out == "No further warnings.\n");
}
