#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/store_choice.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

store_revision made(int number, std::vector<std::string> architectures = {"all"}) {
  snap_info info;
  info.name = "hello";
  info.architectures = std::move(architectures);
  return {
      .rev = {number}, .info = std::make_shared<const snap_info>(info), .source = {}, .added_at = {}};
}

store_channel channel(const std::string& name, std::vector<revision> released, bool is_closed = false) {
  return {name, std::move(released), is_closed};
}

store_index with(std::vector<store_revision> revisions, std::vector<store_channel> channels) {
  store_index index;
  auto& snap = index.snaps["hello"];
  snap.name = "hello";
  snap.revisions = std::move(revisions);
  snap.channels = std::move(channels);
  return index;
}

store_wish wish(const std::string& channel, int rev = 0) {
  return {
      .snap = "hello", .channel = channel, .rev = {rev}, .architecture = "amd64", .action = "install"};
}

failure refusal(const store_index& index, const store_wish& asked) {
  try {
    choose_revision(index, asked);
  } catch (const failure& fault) {
    return fault;
  }
  FAIL("a revision was chosen");
  throw;
}

} // namespace

TEST_CASE("a channel offers its newest release, without a warning") {
  auto index = with({made(1), made(2), made(3)},
                    {channel("latest/beta", {{1}, {3}}), channel("latest/stable", {{1}, {2}})});
  auto beta = choose_revision(index, wish("beta"));
  CHECK(beta.revision->rev == revision{3});
  CHECK(beta.channel == "latest/beta");
  CHECK(beta.comes_from == "latest/beta");
  CHECK(beta.warning.empty());
  CHECK(choose_revision(index, wish("")).revision->rev == revision{2});
}

TEST_CASE("a closed channel offers what the next less risky one does, with a warning") {
  auto index =
      with({made(1), made(2)}, {channel("latest/beta", {{2}}, true), channel("latest/stable", {{1}})});
  auto got = choose_revision(index, wish("beta"));
  CHECK(got.revision->rev == revision{1});
  CHECK(got.channel == "latest/beta");
  CHECK(got.comes_from == "latest/stable");
  CHECK(got.warning == "channel latest/beta is closed; \"hello\" comes from latest/stable");
}

TEST_CASE("a branch that was never released to offers what its risk does, with a warning") {
  auto index = with({made(1)}, {channel("latest/beta", {{1}})});
  auto got = choose_revision(index, wish("beta/fix"));
  CHECK(got.revision->rev == revision{1});
  CHECK(got.warning == "channel latest/beta/fix has had no release; \"hello\" comes from latest/beta");
}

TEST_CASE("a release for another architecture is passed over") {
  auto index = with({made(1), made(2, {"arm64"}), made(3, {"amd64", "arm64"}), made(4, {"riscv64"})},
                    {channel("latest/beta", {{2}, {4}}), channel("latest/candidate", {{1}, {2}}),
                     channel("latest/edge", {{3}, {4}})});
  CHECK(choose_revision(index, wish("edge")).revision->rev == revision{3});
  CHECK(choose_revision(index, wish("edge")).warning.empty());
  auto beta = choose_revision(index, wish("beta"));
  CHECK(beta.revision->rev == revision{1});
  CHECK(beta.warning ==
        "channel latest/beta has nothing for amd64; \"hello\" comes from latest/candidate");
}

TEST_CASE("a revision that is named is found whether it is released or not") {
  auto index = with({made(1), made(2, {"arm64"})}, {});
  auto got = choose_revision(index, wish("beta", 1));
  CHECK(got.revision->rev == revision{1});
  CHECK(got.channel == "latest/beta");
  CHECK(got.comes_from.empty());
  CHECK(refusal(index, wish("", 7)).kind() == failure_kind::revision_not_available);
  auto foreign = refusal(index, wish("", 2));
  CHECK(foreign.kind() == failure_kind::revision_not_available);
  CHECK_THAT(foreign.what(), Contains("isn't for this architecture"));
}

TEST_CASE("a snap that no store has is refused with its name") {
  auto fault = refusal({}, wish("stable"));
  CHECK(fault.kind() == failure_kind::snap_not_found);
  CHECK(fault.value() == "\"hello\"");
}

TEST_CASE("a channel without releases is refused with those that there are") {
  auto index =
      with({made(1), made(2, {"arm64"})}, {channel("1.0/stable", {{1}}), channel("1.0/beta", {{2}}),
                                           channel("2.0/stable", {{1}}, true)});
  auto fault = refusal(index, wish("3.0/edge"));
  CHECK(fault.kind() == failure_kind::channel_not_available);
  CHECK(json::parse_object(fault.value()) ==
        json::object{{"snap-name", "hello"},
                     {"action", "install"},
                     {"channel", "3.0/edge"},
                     {"architecture", "amd64"},
                     {"releases",
                      json::array{json::object{{"architecture", "amd64"}, {"channel", "1.0/stable"}},
                                  json::object{{"architecture", "arm64"}, {"channel", "1.0/beta"}}}}});
  CHECK(refusal(with({made(1)}, {}), wish("stable")).kind() == failure_kind::channel_not_available);
}

TEST_CASE("a snap for other architectures alone is refused with these") {
  auto index = with({made(1, {"arm64"})}, {channel("latest/stable", {{1}})});
  auto fault = refusal(index, wish("stable"));
  CHECK(fault.kind() == failure_kind::architecture_not_available);
  CHECK_THAT(fault.value(), Contains("arm64"));
}

TEST_CASE("what is no channel is refused before any is looked up") {
  auto index = with({made(1)}, {});
  CHECK(refusal(index, wish("a/b")).kind() == failure_kind::bad_request);
}
