#include <catch2/catch.hpp>

#include "tests/support/local_store.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A daemon with a store, and a timer that is always due.
struct refreshing_world : world {
  local_store store{*this};

  void offer(const std::string& name, const std::string& version) const {
    store.offer(plain_snap(name, version));
  }
  /// Empty amid a refresh.
  std::string current(const std::string& name) const {
    std::error_code none;
    return fs::read_symlink(in_root("snap/" + name + "/current"), none);
  }
  /// Makes a refresh due now, if there was none in this minute, and at each further one.
  void be_due() { fine({"set", "system", "refresh.timer=00:00-24:00/1440"}); }
  std::string refreshes_made() {
    auto changes = result_of(api.get("/v2/changes?select=all"));
    std::string summaries;
    for (const auto& change : changes.as_array())
      if (text(change.as_object(), "kind") == "auto-refresh")
        summaries += text(change.as_object(), "summary") + "\n";
    return summaries;
  }
};

} // namespace

TEST_CASE("when the timer is due what can be refreshed is, and nothing else") {
  TROUPE_NEEDS_ROOT();
  refreshing_world w;
  for (const auto* name : {"hello", "held", "bad"})
    w.offer(name, "1.0");
  w.fine({"set", "system", "refresh.hold=forever"});
  w.fine({"install", "hello", "held", "bad"});
  auto failing = plain_snap("bad", "2.0");
  failing.hooks["post-refresh"] = "#!/bin/sh\nexit 1\n";
  w.store.offer(failing);
  CHECK(w.troupe({"refresh", "bad"}).exit_code == 1);
  w.offer("hello", "2.0");
  w.offer("held", "2.0");
  w.fine({"refresh", "--hold", "held", "--reason", "exam week"});
  CHECK_THAT(w.fine({"refresh", "--time"}).out, Contains("held: held by user forever: exam week") &&
                                                    Contains("all snaps: held by system forever"));
  auto list = w.fine({"refresh", "--list"}).out;
  CHECK_THAT(list, Contains("held by user forever: exam week") && Contains("passed over: revision 2"));

  w.fine({"unset", "system", "refresh.hold"});
  w.be_due();
  REQUIRE(eventually([&] { return w.current("hello") == "2"; }));
  CHECK(w.current("held") == "1");
  CHECK(w.current("bad") == "1");
  CHECK_THAT(w.refreshes_made(), Contains("\"hello\"") && !Contains("bad") && !Contains("\"held\""));

  w.fine({"refresh", "--unhold", "held"});
  w.fine({"refresh"});
  CHECK(w.current("held") == "2");
}

TEST_CASE("the time of the last refresh and all settings outlive the daemon") {
  TROUPE_NEEDS_ROOT();
  refreshing_world w;
  w.offer("hello", "1.0");
  w.fine({"install", "hello"});
  CHECK_THAT(w.fine({"refresh", "--time"}).out,
             Contains("timer: 00:00~24:00/4") && Contains("last: never") && Contains("next: "));
  w.be_due();
  REQUIRE(eventually([&] {
    return w.troupe({"refresh", "--time"}).out.find("never") == std::string::npos;
  }));
  w.fine({"set", "system", "refresh.timer=mon,10:00", "refresh.retain=3"});
  w.fine({"refresh", "--hold=48h"});
  auto before = w.fine({"refresh", "--time", "--json"}).out;
  auto options = w.fine({"get", "system"}).out;
  CHECK_THAT(options, Contains("refresh.retain") && Contains("3") && Contains("mon,10:00"));
  w.daemon.restart();
  CHECK(w.fine({"refresh", "--time", "--json"}).out == before);
  CHECK(w.fine({"get", "system"}).out == options);
}

TEST_CASE("as many revisions stay as the option says") {
  TROUPE_NEEDS_ROOT();
  refreshing_world w;
  w.offer("hello", "1.0");
  w.fine({"install", "hello"});
  w.fine({"set", "system", "refresh.retain=3"});
  for (const auto* version : {"2.0", "3.0", "4.0"}) {
    w.offer("hello", version);
    w.fine({"refresh", "hello"});
  }
  CHECK_FALSE(fs::exists(w.in_root("var/lib/snapd/snaps/hello_1.snap")));
  for (const auto* rev : {"2", "3", "4"})
    CHECK(fs::exists(w.in_root("var/lib/snapd/snaps/hello_" + std::string{rev} + ".snap")));
}

TEST_CASE("wrong options and holds are refused, and change nothing") {
  refreshing_world w;
  struct wrong {
    std::vector<std::string> words;
    const char* says;
  };
  for (const auto& [words, says] : std::vector<wrong>{
           {{"set", "system", "refresh.retain=1"}, "cannot set option"},
           {{"set", "system", "refresh.retain=3", "refresh.timer=noon"}, "cannot set option"},
           {{"set", "system", "refresh.colour=red"}, "no such option"},
           {{"set", "system", "refresh.retain"}, "KEY=VALUE"},
           {{"set", "hello", "a=b"}, "not installed"},
           {{"get", "system", "refresh.retain"}, "not set"},
           {{"get", "hello"}, "not installed"},
           {{"unset", "system", "colour"}, "no such option"},
           {{"refresh", "--hold=5x"}, "no length of time"},
           {{"refresh", "--hold=0s"}, "cannot hold refreshes"},
           {{"refresh", "--hold", "--reason", "two\nlines"}, "one line"},
           {{"refresh", "--hold", "Not A Snap"}, "Not A Snap"},
           {{"refresh", "--hold", "hello"}, "not installed"},
           {{"refresh", "--unhold", "hello", "--channel", "beta"}, "but for a refresh"},
           {{"refresh", "--time", "hello"}, "names of snaps"},
           {{"refresh", "--hold", "--unhold"}, "more than one"},
       }) {
    auto result = w.troupe(words);
    INFO(words.at(0) + " " + words.at(1) + ": " + result.err);
    CHECK(result.exit_code != 0);
    CHECK_THAT(result.err, Contains(says));
  }
  CHECK(w.fine({"get", "system"}).out.empty());
  CHECK_THAT(w.fine({"refresh", "--time"}).out, !Contains("held"));
}
