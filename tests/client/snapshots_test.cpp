#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

TEST_CASE("snap saves, lists, checks, restores and forgets snapshots") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto fine = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    INFO(words.front() << ": " << result.err);
    CHECK(result.exit_code == 0);
    return result;
  };
  auto none = fine({"saved"});
  CHECK_THAT(none.out + none.err, Contains("No snapshots found."));
  REQUIRE(text(install(w.api, w.make_snap(plain_snap("hello"))), "status") == "Done");
  auto data = w.in_root("var/snap/hello/x1/state");
  write_file(data, "first");

  auto saved = fine({"save", "hello"});
  CHECK_THAT(saved.out, Contains("Set") && Contains("Snap") && Contains("Notes") && Contains("hello"));
  auto set = saved.out.substr(saved.out.find('\n') + 1);
  set = set.substr(0, set.find(' '));
  CHECK_THAT(fine({"saved", "--id", set}).out, Contains("hello") && Contains("1.0"));
  CHECK_THAT(fine({"check-snapshot", set}).out, Contains("verified"));

  write_file(data, "second");
  CHECK_THAT(fine({"restore", set, "hello"}).out, Contains("Restored"));
  CHECK(read_file(data) == "first");

  fine({"remove", "hello"});
  CHECK_THAT(fine({"saved"}).out, Contains("auto"));
  auto missing = w.snap({"restore", set});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("not installed"));
  CHECK_THAT(fine({"forget", set}).out, Contains("forgotten"));
  auto gone = w.snap({"check-snapshot", set});
  CHECK(gone.exit_code == 1);
  CHECK_THAT(gone.err, Contains("there is no set"));
}
