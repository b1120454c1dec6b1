#include <cerrno>

#include "tests/crash/walk.hpp"
#include "tests/support/world.hpp"

using namespace troupe::crash;

namespace {

bool go_on(const row&, const std::string&) { return true; }

/// Every finding in words, and whether points were met at all.
void check(const std::vector<row>& rows) {
  for (const auto& row : rows) {
    INFO(row.plan << ", " << row.points << ", " << row.what);
    CHECK(row.met > 0);
    for (const auto& finding : row.findings)
      for (const auto& wrong : finding.wrong)
        FAIL_CHECK(finding.where << ": " << wrong << "\nagain: troupe-stress crash " << finding.again);
  }
}

void check_kills(const std::vector<std::string>& plans, std::uint64_t every) {
  check(walk({plans,
              {{"journal", crash_journal}, {"effects", effects}},
              {{"before", crash_kill_before}, {"after", crash_kill_after}},
              every,
              {},
              2},
             go_on));
}

} // namespace

TEST_CASE(
    "a kill at a point of an install, also of one that is undone, leaves the snap whole or absent") {
  TROUPE_NEEDS_ROOT();
  check_kills({"install", "failing-install"}, 31);
}

TEST_CASE("a kill at a point of a removal, a disabling or an enabling doesn't keep it from its end") {
  TROUPE_NEEDS_ROOT();
  check_kills({"remove", "disable-enable"}, 31);
}

TEST_CASE("a kill at a point of a change of a base and two snaps leaves all three whole") {
  TROUPE_NEEDS_ROOT();
  check_kills({"three-snaps"}, 61);
}

TEST_CASE("a kill at a point of a refresh or a revert leaves one revision whole, with its data") {
  TROUPE_NEEDS_ROOT();
  check_kills({"refresh", "failing-refresh", "discarding-refresh"}, 61);
}

TEST_CASE("a kill at a point of a save, a restore or a forget leaves data and snapshots whole") {
  TROUPE_NEEDS_ROOT();
  check_kills({"save", "restore"}, 61);
}

TEST_CASE("a kill at a point of a refresh that waits for an application leaves no launcher waiting") {
  TROUPE_NEEDS_ROOT();
  check_kills({"running-app"}, 101);
}

TEST_CASE("a kill at a point of a change of a snap with services leaves those running that should") {
  TROUPE_NEEDS_ROOT();
  check_kills({"services", "failing-services", "disable-services", "service-control"}, 151);
}

TEST_CASE("a kill at a point of a connect or disconnect leaves both snaps with the same connections") {
  TROUPE_NEEDS_ROOT();
  check_kills({"auto-connect", "connect", "failing-connect", "remove-connected"}, 61);
}

TEST_CASE("a call that fails with an I/O error ends an install done or undone, and kills no daemon") {
  TROUPE_NEEDS_ROOT();
  check(walk({{"install"},
              {{"journal", crash_journal}, {"effects", crash_files | crash_mounts}},
              {{"EIO", crash_fail, EIO}},
              23,
              {},
              2},
             go_on));
}
