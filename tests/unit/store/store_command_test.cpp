#include <catch2/catch.hpp>

#include "runtime/json/json.hpp"
#include "samples.hpp"
#include "tests/support/program.hpp"

using namespace store_test;
using Catch::Contains;

namespace {

test::program_result troupe_store(std::vector<std::string> words) {
  words.insert(words.begin(), {test::built("troupe"), "store"});
  return test::run_program(std::move(words));
}

} // namespace

TEST_CASE("the store command makes a store, fills it and checks it") {
  temporary_root where;
  auto store = (where.work() / "store").string();
  auto made = troupe_store({"init", store, "--key", (where.work() / "key").string()});
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(made.out, Contains("location: " + store) && Contains("key: RW"));

  auto image = test::make_snap(where.work() / "made", test::plain_snap("hello")).string();
  auto added = troupe_store({"add", store, image, "--publisher", "ada"});
  CHECK(added.exit_code == 0);
  CHECK_THAT(added.out, Contains("revision 1 of hello (1.0), in no channel yet"));
  auto again = troupe_store({"add", store, image, "--json"});
  CHECK(again.exit_code == 1);
  CHECK_THAT(again.out, Contains("has it already"));

  CHECK(troupe_store({"release", store, "hello", "1", "edge"}).out ==
        "latest/edge of hello offers revision 1\n");
  auto listed = troupe_store({"list", store});
  CHECK_THAT(listed.out, Contains("hello") && Contains("latest/edge") && Contains("ada"));
  auto document = json::parse_object(troupe_store({"list", store, "--json"}).out);
  CHECK(document.at("snaps").as_array().at(0).as_object().at("name") == "hello");

  auto newer = test::make_snap(where.work() / "made", test::plain_snap("hello", "2.0")).string();
  CHECK(troupe_store({"add", store, "--channel", "beta", "--channel", "2.0/edge", newer}).out ==
        "added: revision 2 of hello (2.0), in latest/beta, 2.0/edge\n");

  CHECK(troupe_store({"close", store, "hello", "edge"}).exit_code == 0);
  write_file(where.work() / "rules.json", "{\"plugs\":{}}");
  CHECK(troupe_store({"declare", store, "hello", (where.work() / "rules.json").string()}).exit_code ==
        0);

  CHECK(troupe_store({"verify", store}).exit_code == 0);
  fs::remove(where.work() / "store/snaps/hello_1.snap");
  auto broken = troupe_store({"verify", store, "--json"});
  CHECK(broken.exit_code == 1);
  CHECK(json::parse_object(broken.out).at("faults").as_array().size() == 1);
}

TEST_CASE("the store command's help teaches, and a wrong use is told") {
  for (const auto* command : {"init", "add", "release", "close", "declare", "list", "verify"}) {
    auto help = troupe_store({command, "--help"});
    CHECK(help.exit_code == 0);
    CHECK_THAT(help.out, Contains("Example") && Contains(std::string{"troupe store "} + command));
  }
  CHECK(troupe_store({}).exit_code == 64);
  CHECK(troupe_store({"add"}).exit_code == 64);
  CHECK(troupe_store({"release", "/tmp", "hello", "x1", "edge"}).exit_code == 64);
  auto missing = troupe_store({"list", "/nowhere"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("troupe store init"));
}
