#include "tests/crash/crowd.hpp"
#include "tests/crash/full_disk.hpp"
#include "tests/support/world.hpp"

using namespace troupe::crash;

namespace {

bool go_on(const row&, const std::string&) { return true; }

void check(const row& row) {
  CHECK(row.met > 0);
  for (const auto& finding : row.findings)
    for (const auto& wrong : finding.wrong)
      FAIL_CHECK(finding.where << ": " << wrong << "\nagain: troupe-stress crash " << finding.again);
}

} // namespace

TEST_CASE("kills amid the work of ten clients lose nothing that was told and leave nothing over") {
  TROUPE_NEEDS_ROOT();
  check(kill_amid_crowd({20, 5, {}}, go_on));
}

TEST_CASE("on a full disk operations are refused or end, and work goes on once there is space") {
  TROUPE_NEEDS_ROOT();
  check(fill_disk(32, go_on));
}
