#include <catch2/catch.hpp>

#include <thread>

#include "messages/failure.hpp"
#include "runtime/store/store_keeper.hpp"
#include "samples.hpp"

using namespace store_test;
using Catch::Contains;

namespace {

/// A store, signed or not, and snaps to put into it.
struct stage {
  temporary_root where;
  fs::path store = where.work() / "store";
  fs::path key = where.work() / "store.key";

  explicit stage(bool is_signed = true) {
    store_keeper::init(store, is_signed ? std::optional{key} : std::nullopt, "");
  }

  store_keeper keeper() const { return {store, ""}; }

  fs::path snap(const std::string& name, const std::string& version = "1.0") const {
    return test::make_snap(where.work() / "made", test::plain_snap(name, version));
  }

  std::vector<std::string> faults() const { return check_store(store, keeper()); }
};

} // namespace

TEST_CASE("a store holds what was added, and is sound") {
  auto is_signed = GENERATE(true, false);
  stage s{is_signed};
  CHECK(s.keeper().read().serial == 1);
  auto added = s.keeper().add({s.snap("hello")}, {.channels = {"stable", "1.0/beta"}, .publisher = {}});
  REQUIRE(added.size() == 1);
  CHECK(added[0].rev == revision{1});
  CHECK(added[0].channels == std::vector<std::string>{"latest/stable", "1.0/beta"});
  auto document = s.keeper().read();
  CHECK(document.serial == 2);
  const auto& snap = document.index.snaps.at("hello");
  CHECK(snap.id.size() == 32);
  CHECK(snap.revisions.at(0).info->apps.at(0).name == "hello");
  CHECK(snap.find_channel("1.0/beta")->released == std::vector<revision>{{1}});
  CHECK(s.faults() == std::vector<std::string>{});
  CHECK(s.keeper().public_key().has_value() == is_signed);
  CHECK(fs::exists(s.store / "index.json.minisig") == is_signed);
}

TEST_CASE("further images get the next revisions, and a new publisher") {
  stage s;
  s.keeper().add({s.snap("hello")}, {});
  auto id = s.keeper().read().index.snaps.at("hello").id;
  auto added = s.keeper().add({s.snap("hello", "2.0"), s.snap("other")},
                              {.channels = {}, .publisher = publisher{"ada", "ada", "Ada", "unproven"}});
  CHECK(added.at(0).rev == revision{2});
  CHECK(added.at(1).rev == revision{1});
  auto snap = s.keeper().read().index.snaps.at("hello");
  CHECK(snap.id == id);
  CHECK(snap.publisher.username == "ada");
  CHECK(snap.channels.empty());
}

TEST_CASE("what can't be added changes nothing, also of what comes with it") {
  stage s;
  auto first = s.snap("hello");
  s.keeper().add({first}, {});
  std::vector<fs::path> files{s.snap("other")};
  add_options options;
  std::string why;
  SECTION("the same again") {
    files.push_back(first);
    why = "has it already, as revision 1 of snap \"hello\"";
  }
  SECTION("no snap") {
    write_file(s.where.work() / "text.snap", "no squashfs");
    files.push_back(s.where.work() / "text.snap");
    why = "text.snap";
  }
  SECTION("a missing file") {
    files.push_back(s.where.work() / "none.snap");
    why = "No such file";
  }
  SECTION("a directory") {
    files.push_back(s.where.work());
    why = "regular file";
  }
  SECTION("no channel") {
    options.channels = {"a/b"};
    why = "cannot understand channel";
  }
  auto before = read_file(s.store / "index.json");
  CHECK_THROWS_WITH(s.keeper().add(files, options), Contains(why));
  CHECK(read_file(s.store / "index.json") == before);
  CHECK(s.faults() == std::vector<std::string>{});
  CHECK(std::distance(fs::directory_iterator{s.store / "snaps"}, {}) == 1);
}

TEST_CASE("images that are added at the same time are all there") {
  stage s;
  std::vector<fs::path> images;
  for (int i = 0; i < 6; ++i)
    images.push_back(s.snap("hello", std::to_string(i)));
  std::vector<std::jthread> adding;
  for (const auto& image : images)
    adding.emplace_back(
        [&s, image] { s.keeper().add({image}, {.channels = {"edge"}, .publisher = {}}); });
  adding.clear();
  auto document = s.keeper().read();
  CHECK(document.serial == 1 + images.size());
  CHECK(document.index.snaps.at("hello").revisions.size() == images.size());
  CHECK(s.faults() == std::vector<std::string>{});
}

TEST_CASE("channels are released to and closed") {
  stage s;
  s.keeper().add({s.snap("hello"), s.snap("hello", "2.0")}, {});
  auto keeper = s.keeper();
  auto edge = [&] { return *keeper.read().index.snaps.at("hello").find_channel("latest/edge"); };
  CHECK(keeper.release("hello", {1}, "edge") == "latest/edge");
  keeper.release("hello", {2}, "edge");
  CHECK(edge().released == std::vector<revision>{{1}, {2}});
  CHECK_THROWS_WITH(keeper.release("hello", {2}, "edge"), Contains("offers it already"));
  CHECK(keeper.close("hello", "edge") == "latest/edge");
  CHECK(edge().is_closed);
  CHECK_THROWS_WITH(keeper.close("hello", "edge"), Contains("closed already"));
  keeper.release("hello", {2}, "edge");
  CHECK_FALSE(edge().is_closed);

  CHECK_THROWS_WITH(keeper.release("hello", {3}, "edge"), Contains("has revisions 1, 2"));
  CHECK_THROWS_WITH(keeper.release("none", {1}, "edge"), Contains("cannot find snap \"none\""));
  CHECK_THROWS_WITH(keeper.close("hello", "beta"), Contains("nothing was ever released"));
  CHECK_THROWS_WITH(keeper.close("hello", "a/b"), Contains("cannot understand channel"));
}

TEST_CASE("a declaration must be a JSON object") {
  stage s;
  s.keeper().add({s.snap("hello")}, {});
  s.keeper().declare("hello", "{\"slots\": {}}\n");
  CHECK(s.keeper().read().index.snaps.at("hello").declaration == "{\"slots\":{}}");
  CHECK_THROWS_WITH(s.keeper().declare("hello", "[]"), Contains("cannot declare snap \"hello\""));
  CHECK_THROWS_WITH(s.keeper().declare("hello", "{"), Contains("line 1"));
  CHECK_THROWS_WITH(s.keeper().declare("none", "{}"), Contains("cannot find snap"));
}

TEST_CASE("automatic aliases are replaced as a whole, and lead to applications that there are") {
  stage s;
  s.keeper().add({s.snap("hello")}, {});
  s.keeper().set_aliases("hello", {{"hi", "hello"}, {"ciao", "hello"}});
  s.keeper().set_aliases("hello", {{"hey", "hello"}});
  using aliases = std::map<std::string, std::string>;
  CHECK(s.keeper().read().index.snaps.at("hello").aliases == aliases{{"hey", "hello"}});
  CHECK_THROWS_WITH(s.keeper().set_aliases("hello", {{"x", "none"}}),
                    Contains("no revision has an application \"none\""));
  CHECK_THROWS_WITH(s.keeper().set_aliases("hello", {{"hello.x", "hello"}}), Contains("its own snap"));
  CHECK_THROWS_WITH(s.keeper().set_aliases("none", {}), Contains("cannot find snap"));
  s.keeper().set_aliases("hello", {});
  CHECK(s.keeper().read().index.snaps.at("hello").aliases.empty());
}

TEST_CASE("a store isn't made where something is") {
  stage s;
  CHECK_THROWS_WITH(store_keeper::init(s.store, std::nullopt, ""), Contains("there is one already"));
  write_file(s.where.work() / "full/file", "");
  CHECK_THROWS_WITH(store_keeper::init(s.where.work() / "full", std::nullopt, ""),
                    Contains("isn't empty"));
  CHECK_THROWS_WITH(store_keeper::init(s.where.work() / "new", s.where.work() / "new/key", ""),
                    Contains("can't lie in the store"));
  CHECK_THROWS_WITH(store_keeper(s.where.work() / "full", "").read(), Contains("troupe store init"));
}

TEST_CASE("a store with an encrypted key takes the passphrase for each change, and none for reading") {
  temporary_root where;
  auto store = where.work() / "store";
  store_keeper::init(store, where.work() / "key", "open sesame");
  auto image = test::make_snap(where.work() / "made", test::plain_snap("hello"));
  CHECK_THROWS_WITH(store_keeper(store, "").add({image}, {}), Contains("--passphrase-file"));
  CHECK_THROWS_WITH(store_keeper(store, "wrong").add({image}, {}), Contains("passphrase is wrong"));
  store_keeper(store, "open sesame").add({image}, {});
  CHECK(store_keeper(store, "").read().index.snaps.size() == 1);
}

TEST_CASE("an index that somebody else has changed isn't signed") {
  stage s;
  s.keeper().add({s.snap("hello")}, {});
  auto text = read_file(s.store / "index.json");
  text.replace(text.find("\"serial\":2"), 10, "\"serial\":9");
  write_file(s.store / "index.json", text);
  CHECK_THROWS_WITH(s.keeper().release("hello", {1}, "stable"), Contains("signature is wrong"));
  CHECK(read_file(s.store / "index.json") == text);
}

TEST_CASE("a change that was killed between the index and its signature is finished by the next") {
  stage s;
  s.keeper().add({s.snap("hello")}, {});
  auto signature = s.store / "index.json.minisig";
  auto old = read_file(signature);
  s.keeper().release("hello", {1}, "edge");
  fs::rename(signature, s.store / ".index.json.minisig.next");
  write_file(signature, old);
  CHECK_THROWS_WITH(s.keeper().read(), Contains("signature is wrong"));
  s.keeper().release("hello", {1}, "stable");
  CHECK(s.keeper().read().index.snaps.at("hello").channels.size() == 2);
}

TEST_CASE("a store's check finds files that are missing, changed or in no revision") {
  stage s;
  s.keeper().add({s.snap("hello"), s.snap("other"), s.snap("third")}, {});
  auto snaps = s.store / "snaps";
  fs::remove(snaps / "hello_1.snap");
  auto image = read_file(snaps / "other_1.snap");
  image[200] ^= 1;
  write_file(snaps / "other_1.snap", image);
  write_file(snaps / "third_1.snap", "short");
  write_file(snaps / "stray.snap", "");
  auto faults = s.faults();
  REQUIRE(faults.size() == 4);
  CHECK_THAT(faults[0], Contains("revision 1 of snap \"hello\"") && Contains("is missing"));
  CHECK_THAT(faults[1], Contains("digest"));
  CHECK_THAT(faults[2], Contains("5 bytes instead of"));
  CHECK_THAT(faults[3], Contains("\"snaps/stray.snap\" is in no revision"));
}
