#include <catch2/catch.hpp>

#include <functional>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/snap_info_json.hpp"
#include "runtime/store/index_file.hpp"
#include "samples.hpp"

using namespace store_test;
using Catch::Contains;

namespace {

json::object document() {
  return json::parse_object(write_index({.serial = 5, .index = index_with("image")}));
}

json::object& snap_in(json::object& from) { return from.at("snaps").get_array().at(0).get_object(); }

json::object& revision_in(json::object& from, std::size_t at = 0) {
  return snap_in(from).at("revisions").get_array().at(at).get_object();
}

json::object& channel_in(json::object& from) {
  return snap_in(from).at("channels").get_array().at(0).get_object();
}

json::object alias(const std::string& name, const std::string& target) {
  return {{"name", name}, {"target", target}};
}

} // namespace

TEST_CASE("an index that was written is read as it was, and written as the same text") {
  index_document before{.serial = 5, .index = index_with("image")};
  auto text = write_index(before);
  auto after = read_index(text, "s");
  CHECK(after.serial == 5);
  CHECK(write_index(after) == text);
  const auto& snap = after.index.snaps.at("hello");
  const auto& expected = before.index.snaps.at("hello");
  CHECK(snap.id == expected.id);
  CHECK(snap.publisher == expected.publisher);
  CHECK(snap.channels == expected.channels);
  CHECK(snap.declaration == expected.declaration);
  REQUIRE(snap.revisions.size() == 2);
  CHECK(snap.revisions[1].source == expected.revisions[1].source);
  CHECK(snap.revisions[1].added_at == expected.revisions[1].added_at);
  CHECK(*snap.revisions[1].info == *expected.revisions[1].info);
}

TEST_CASE("automatic aliases are read and written, and an index may have none") {
  auto before = document();
  CHECK_FALSE(snap_in(before).contains("aliases"));
  snap_in(before)["aliases"] = json::array{alias("hi", "greet"), alias("x.y_z-0", "greet")};
  auto after = read_index(json::write(before), "s");
  CHECK(after.index.snaps.at("hello").aliases ==
        std::map<std::string, std::string>{{"hi", "greet"}, {"x.y_z-0", "greet"}});
  auto written = json::parse_object(write_index(after));
  CHECK(snap_in(written).at("aliases") == snap_in(before).at("aliases"));
}

TEST_CASE("a truncated index is refused with its store's name") {
  auto text = write_index({.serial = 5, .index = index_with("image")});
  for (std::size_t bytes = 0; bytes + 2 < text.size(); bytes += 7)
    CHECK_THROWS_WITH(read_index(text.substr(0, bytes), "mine"),
                      Contains("cannot read the index of store \"mine\": it is damaged"));
}

TEST_CASE("an index of a future format is refused with what to do") {
  auto future = document();
  future["format"] = 2;
  CHECK_THROWS_WITH(read_index(json::write(future), "s"),
                    Contains("format 2") && Contains("update Troupe"));
}

TEST_CASE("a field that is wrong is named with its snap and revision") {
  struct row {
    std::string why;
    std::function<void(json::object&)> spoil;
  };
  auto image = info_of("other", 5);
  const std::vector<row> rows{
      {"\"format\" must be", [](auto& d) { d.erase("format"); }},
      {"\"serial\" must be", [](auto& d) { d["serial"] = 0; }},
      {"\"serial\" must be", [](auto& d) { d["serial"] = "5"; }},
      {"\"snaps\" must be a list", [](auto& d) { d["snaps"] = json::object{}; }},
      {"\"snaps\" must be an object", [](auto& d) { d["snaps"] = json::array{1}; }},
      {"invalid snap name", [](auto& d) { snap_in(d)["name"] = "../x"; }},
      {"\"name\" must be text", [](auto& d) { snap_in(d)["name"] = 7; }},
      {"snap \"hello\": \"id\" must be", [](auto& d) { snap_in(d)["id"] = ""; }},
      {"\"id\" must be", [](auto& d) { snap_in(d)["id"] = "a/b"; }},
      {"has the id of another", [](auto& d) { d["snaps"].get_array().push_back(snap_in(d)); }},
      {"stands twice in it",
       [](auto& d) {
         auto copy = snap_in(d);
         copy["id"] = "another";
         d["snaps"].get_array().push_back(copy);
       }},
      {"\"publisher\": \"validation\"",
       [](auto& d) {
         snap_in(d)["publisher"] = json::object{{"validation", "best"}};
       }},
      {"\"declaration\" must be an object", [](auto& d) { snap_in(d)["declaration"] = 1; }},
      {"\"revision\" must be", [](auto& d) { revision_in(d)["revision"] = -1; }},
      {"can't come after revision 2", [](auto& d) { revision_in(d)["revision"] = 2; }},
      {"can't come after revision 3", [](auto& d) { revision_in(d)["revision"] = 3; }},
      {"revision 1: \"file\" must be", [](auto& d) { revision_in(d)["file"] = "../../etc/shadow"; }},
      {"\"file\" must be", [](auto& d) { revision_in(d)["file"] = "/etc/shadow"; }},
      {"\"file\" must be", [](auto& d) { revision_in(d)["file"] = "snaps//x.snap"; }},
      {"\"file\" must be", [](auto& d) { revision_in(d)["file"] = "snaps/.store.json"; }},
      {"\"file\" must be", [](auto& d) { revision_in(d)["file"] = "a?b=c"; }},
      {"\"file\" must be", [](auto& d) { revision_in(d)["file"] = "snaps/"; }},
      {"\"file\" is longer than", [](auto& d) { revision_in(d)["file"] = std::string(300, 'a'); }},
      {"\"file\" holds a control", [](auto& d) { revision_in(d)["file"] = "a\nb"; }},
      {"\"size\" must be", [](auto& d) { revision_in(d)["size"] = 0; }},
      {"\"size\" must be", [](auto& d) { revision_in(d)["size"] = limits::store_image_bytes + 1; }},
      {"\"sha3-384\" must be", [](auto& d) { revision_in(d)["sha3-384"] = std::string(95, 'a'); }},
      {"\"sha3-384\" must be", [](auto& d) { revision_in(d)["sha3-384"] = std::string(96, 'A'); }},
      {"\"added-at\" must be", [](auto& d) { revision_in(d)["added-at"] = -5; }},
      {"is about snap \"other\"", [&](auto& d) { revision_in(d)["info"] = to_json(image); }},
      {"another size", [](auto& d) { revision_in(d)["size"] = 6; }},
      {"cannot read snap metadata", [](auto& d) { revision_in(d)["info"] = json::object{}; }},
      {"invalid app name",
       [](auto& d) {
         revision_in(d)["info"].get_object()["apps"] = json::object{{"../x", json::object{}}};
       }},
      {"\"epoch\" must hold ascending",
       [](auto& d) {
         revision_in(d)["info"].get_object()["epoch"] =
             json::object{{"read", json::array{1, 0}}, {"write", json::array{0}}};
       }},
      {"cannot understand channel", [](auto& d) { channel_in(d)["name"] = "a/b"; }},
      {"must be written as \"latest/beta\"", [](auto& d) { channel_in(d)["name"] = "beta"; }},
      {"stands twice", [](auto& d) { channel_in(d)["name"] = "latest/stable"; }},
      {"channel \"latest/beta\": it was released a revision",
       [](auto& d) { channel_in(d)["released"] = json::array{9}; }},
      {"channel \"latest/beta\": \"closed\" must be", [](auto& d) { channel_in(d)["closed"] = 1; }},
      {"\"released\" must be a list", [](auto& d) { channel_in(d).erase("released"); }},
      {"\"aliases\" must be a list", [](auto& d) { snap_in(d)["aliases"] = "hi"; }},
      {"\"aliases\" must be an object", [](auto& d) { snap_in(d)["aliases"] = json::array{"hi"}; }},
      {"invalid alias name: \"../x\"",
       [](auto& d) { snap_in(d)["aliases"] = json::array{alias("../x", "greet")}; }},
      {"conflicts with the command namespace",
       [](auto& d) { snap_in(d)["aliases"] = json::array{alias("hello.x", "greet")}; }},
      {"snap \"hello\": alias \"hi\": invalid app name",
       [](auto& d) { snap_in(d)["aliases"] = json::array{alias("hi", "a/b")}; }},
      {"alias \"hi\" stands twice in it",
       [](auto& d) {
         snap_in(d)["aliases"] = json::array{alias("hi", "a"), alias("hi", "b")};
       }},
      {"\"aliases\" has more than",
       [](auto& d) { snap_in(d)["aliases"] = json::array(limits::snap_aliases + 1, alias("hi", "a")); }},
      {"\"channels\" has more than",
       [](auto& d) {
         snap_in(d)["channels"] = json::array(limits::store_snap_channels + 1, json::object{});
       }},
  };
  for (const auto& [why, spoil] : rows) {
    auto spoilt = document();
    spoil(spoilt);
    INFO(why);
    CHECK_THROWS_WITH(read_index(json::write(spoilt), "s"),
                      Contains("cannot read the index of store \"s\": ") && Contains(why));
  }
}

TEST_CASE("an index that is too large is refused before it is read") {
  CHECK_THROWS_WITH(read_index(std::string(limits::store_index_bytes + 1, ' '), "s"),
                    Contains("larger than"));
}
