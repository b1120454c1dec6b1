#include <catch2/catch.hpp>

#include <future>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/store/configured_stores.hpp"
#include "runtime/store/index_file.hpp"
#include "samples.hpp"
#include "tests/support/static_http_server.hpp"

using namespace store_test;
using namespace std::chrono_literals;
using Catch::Contains;
using test::static_http_server;

namespace {

/// Hosts' settings, and stores that they may name.
struct stage {
  temporary_root where;
  fs::path settings = where.root() / "etc/troupe/stores.yaml";
  fs::path seen = where.root() / "var/lib/troupe/stores-seen.json";
  http_patience patience{.connect = 60s, .stall = 60s, .first_retry = 1ms, .tries = 2};
  minisign::secret_key key = minisign::secret_key::generate();

  fs::path tree(const std::string& name) const { return where.work() / name; }

  /// Makes a store with an image of that content.
  void publish(const std::string& name, const std::string& content, std::uint64_t serial = 1) {
    auto text = write_index({.serial = serial, .index = index_with(content)});
    write_file(tree(name) / "index.json", text);
    write_file(tree(name) / "index.json.minisig", key.sign(text, ""));
    for (const auto* file : {"snaps/hello_1.snap", "snaps/hello_2.snap"})
      write_file(tree(name) / file, content);
  }

  std::string trusted(const std::string& name, const std::string& location) const {
    return "- name: " + name + "\n  location: " + location +
           "\n  key: " + minisign::to_text(key.public_part()) + "\n";
  }
  std::string unsigned_store(const std::string& name, const std::string& location) const {
    return "- {name: " + name + ", location: " + location + ", trust: none}\n";
  }

  configured_stores stores() const { return {settings, seen, patience}; }

  store_answer read() const { return stores().read(); }
};

const download_source& first_source(const store_answer& answer) {
  return answer.index->snaps.at("hello").revisions.at(0).source;
}

} // namespace

TEST_CASE("without a file there are no stores") {
  stage s;
  auto answer = s.read();
  REQUIRE(answer.index);
  CHECK(answer.index->snaps.empty());
  CHECK(answer.faults.empty());
}

TEST_CASE("a signed store is read from a directory and over HTTP, and its images are had") {
  stage s;
  s.publish("a", "the image");
  static_http_server server{s.tree("a")};
  auto location =
      std::vector{s.tree("a").string(), server.url(), server.url() + "/"}[GENERATE(0U, 1U, 2U)];
  write_file(s.settings, s.trusted("mine", location));
  auto stores = s.stores();
  auto answer = stores.read();
  CHECK(answer.faults == std::vector<std::string>{});
  auto to = s.where.work() / "image";
  stores.download(first_source(answer), to, {}, {});
  CHECK(read_file(to) == "the image");
}

TEST_CASE("of two stores with a snap the first one's counts, and nothing is asked of the other") {
  stage s;
  s.publish("a", "the first");
  s.publish("b", "the second");
  static_http_server a{s.tree("a")};
  static_http_server b{s.tree("b")};
  write_file(s.settings, s.trusted("one", a.url()) + s.trusted("two", b.url()));
  auto stores = s.stores();
  auto answer = stores.read();
  CHECK(first_source(answer).store == "one");
  auto asked = b.requests();
  CHECK(b.requests("/index.json") == 1);
  stores.download(first_source(answer), s.where.work() / "image", {}, {});
  CHECK(b.requests() == asked);
  CHECK_THAT(b.last_headers(), !Contains(std::string{"Referer"}) && !Contains(std::string{"Cookie"}));
}

TEST_CASE("a store that can't be read is told of, and the others count") {
  stage s;
  s.publish("a", "the image");
  write_file(s.settings,
             s.trusted("gone", s.tree("nowhere").string()) + s.trusted("mine", s.tree("a").string()));
  auto answer = s.read();
  CHECK(first_source(answer).store == "mine");
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0],
             Contains("cannot read the index of store \"gone\"") && Contains("troupe store init"));
}

TEST_CASE("an index whose signature is wrong or missing is refused") {
  stage s;
  s.publish("a", "the image");
  write_file(s.settings, s.trusted("mine", s.tree("a").string()));
  auto signature = s.tree("a") / "index.json.minisig";
  std::string why;
  SECTION("changed") {
    auto text = read_file(s.tree("a") / "index.json");
    text.replace(text.find("Ada"), 3, "Eve");
    write_file(s.tree("a") / "index.json", text);
    why = "its signature is wrong: it doesn't match";
  }
  SECTION("of another key") {
    write_file(signature,
               minisign::secret_key::generate().sign(read_file(s.tree("a") / "index.json"), ""));
    why = "of another key";
  }
  SECTION("missing") {
    fs::remove(signature);
    why = "must be signed";
  }
  SECTION("truncated") {
    write_file(signature, read_file(signature).substr(0, 60));
    why = "its signature is wrong";
  }
  auto answer = s.read();
  CHECK(answer.index->snaps.empty());
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0], Contains("store \"mine\"") && Contains(why));
}

TEST_CASE("a store's server that fails gives a clear fault") {
  stage s;
  s.publish("a", "the image");
  static_http_server server{s.tree("a")};
  write_file(s.settings, s.trusted("mine", server.url()));
  auto [fault, why] = GENERATE(table<test::server_fault, std::string>({
      {{.status = 500}, "answers 500"},
      {{.html = true}, "web page"},
      {{.cut_after = 100}, "cut off"},
      {{.stall_after = 100}, "next to nothing"},
      {{.flip_byte = 100}, "signature is wrong"},
      {{.redirect_to = "file:///etc/passwd"}, "something else than http"},
  }));
  server.set_fault("/index.json", fault);
  if (fault.stall_after)
    s.patience.stall = 1s;
  auto answer = s.read();
  CHECK(answer.index->snaps.empty());
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0], Contains("store \"mine\"") && Contains(why));
}

TEST_CASE("a store without a key is refused with both ways out, unless it is trusted so") {
  stage s;
  s.publish("a", "the image");
  auto location = s.tree("a").string();
  write_file(s.settings, "- name: mine\n  location: " + location + "\n");
  auto answer = s.read();
  CHECK(answer.index->snaps.empty());
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0], Contains("key: RW") && Contains("trust: none"));
  download_source what{"mine", "snaps/hello_1.snap", 9, sha3_384_of("the image")};
  CHECK_THROWS_WITH(s.stores().download(what, s.where.work() / "image", {}, {}),
                    Contains("trust: none"));

  write_file(s.settings, s.unsigned_store("mine", location));
  CHECK(s.read().index->snaps.size() == 1);
}

TEST_CASE("an index that is older than one seen before is refused, also after a restart") {
  stage s;
  write_file(s.settings, s.trusted("mine", s.tree("a").string()));
  s.publish("a", "the image", 7);
  CHECK(s.read().faults.empty());
  s.publish("a", "the image", 6);
  auto answer = s.read();
  CHECK(answer.index->snaps.empty());
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0], Contains("older") && Contains(s.seen.string()));
  s.publish("a", "the image", 7);
  CHECK(s.read().faults.empty());
  write_file(s.settings, s.trusted("another", s.tree("a").string()));
  s.publish("a", "the image", 1);
  CHECK(s.read().faults.empty());
}

TEST_CASE("a damaged file of seen indexes is a fault that says what to do") {
  stage s;
  s.publish("a", "the image");
  write_file(s.settings, s.trusted("mine", s.tree("a").string()));
  write_file(s.seen, "{\"mine");
  auto answer = s.read();
  REQUIRE(answer.faults.size() == 1);
  CHECK_THAT(answer.faults[0], Contains("is damaged") && Contains("remove it"));
}

TEST_CASE("a stores.yaml that is wrong is refused with its line") {
  stage s;
  auto [text, why] = GENERATE(table<std::string, std::string>({
      {"name: x\n", "must be a list"},
      {"- name: x\n", "line 1: store \"x\" needs a \"location\""},
      {"- location: /srv\n", "needs a \"name\""},
      {"- name: x\n  location: /srv\n  trsut: none\n", "line 3: unknown key \"trsut\""},
      {"- name: x\n  location: /srv\n  trust: all\n", "line 3: \"trust\" can only be none"},
      {"- name: x\n  location: /srv\n  key: RWxyz\n", "line 3: cannot read public key"},
      {"- name: x y\n  location: /srv\n", "line 1: the name \"x y\" must be"},
      {"- name: x\n  location: srv/snaps\n", "line 2: the location \"srv/snaps\" is wrong"},
      {"- name: x\n  location: http://a:b@c/\n", "user name"},
      {"- {name: x, location: /a, trust: none}\n- {name: x, location: /b, trust: none}\n",
       "line 2: a store \"x\" is there already"},
      {"- [", "line "},
      {"- name: x\n  name: y\n", "stands twice"},
  }));
  write_file(s.settings, text);
  CHECK_THROWS_WITH(load_stores(s.settings),
                    Contains("cannot read \"" + s.settings.string() + "\": ") && Contains(why));
  auto answer = s.read();
  CHECK(answer.index->snaps.empty());
  CHECK(answer.faults.size() == 1);
}

TEST_CASE("an empty stores.yaml means no stores") {
  stage s;
  write_file(s.settings, "# nothing yet\n");
  CHECK(load_stores(s.settings).empty());
}

TEST_CASE("downloads are bounded, and one that waits can be stopped") {
  stage s;
  s.publish("a", "the image");
  static_http_server server{s.tree("a")};
  write_file(s.settings, s.trusted("mine", server.url()));
  auto stores = s.stores();
  auto what = first_source(stores.read());
  server.set_fault("/snaps/hello_1.snap", {.stall_after = 3});
  std::stop_source stop;
  std::vector<std::future<bool>> running;
  for (std::size_t i = 0; i < limits::store_parallel_downloads + 3; ++i)
    running.push_back(std::async(std::launch::async, [&, i] {
      try {
        stores.download(what, s.where.work() / ("image" + std::to_string(i)), {}, stop.get_token());
        return false;
      } catch (const failure& fault) {
        return fault.kind() == failure_kind::internal;
      }
    }));
  auto most = static_cast<int>(limits::store_parallel_downloads);
  CHECK(test::eventually([&] { return server.requests("/snaps/hello_1.snap") == most; }));
  stop.request_stop();
  for (auto& one : running)
    CHECK(one.get());
  CHECK(server.requests("/snaps/hello_1.snap") == most);
}

TEST_CASE("a directory store's image that was changed, cut or removed is refused, and nothing is left") {
  stage s;
  s.publish("a", "the image");
  write_file(s.settings, s.trusted("mine", s.tree("a").string()));
  auto stores = s.stores();
  auto what = first_source(stores.read());
  auto image = s.tree("a") / what.file;
  std::string why;
  SECTION("changed") {
    write_file(image, "the imagE");
    why = "digest";
  }
  SECTION("cut") {
    write_file(image, "the");
    why = "3 bytes instead of the 9";
  }
  SECTION("removed") {
    fs::remove(image);
    why = "No such file";
  }
  SECTION("a directory") {
    fs::remove(image);
    fs::create_directory(image);
    why = "no regular file";
  }
  SECTION("of a store that is gone") {
    write_file(s.settings, "");
    why = "no such store";
  }
  auto to = s.where.work() / "image";
  CHECK_THROWS_WITH(stores.download(what, to, {}, {}), Contains("cannot download") && Contains(why));
  CHECK_FALSE(fs::exists(to));
  CHECK_FALSE(fs::exists(partial_download(to)));
}
