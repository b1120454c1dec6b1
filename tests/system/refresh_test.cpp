#include <catch2/catch.hpp>

#include "tests/support/local_store.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A snap whose hooks write down which revisions they know of.
snap_source hooked_snap(const std::string& version) {
  auto source = plain_snap("hello", version);
  const std::string note = "#!/bin/sh\necho \"$(basename $0) $SNAP_REVISION $TROUPE_FROM_REVISION "
                           "$TROUPE_TO_REVISION $TROUPE_UNDO\" >>$SNAP_COMMON/hooks\n";
  for (const auto* hook : {"pre-refresh", "post-refresh", "undo-pre-refresh", "undo-post-refresh"})
    source.hooks[hook] = note;
  return source;
}

snap_source failing_snap(const std::string& version) {
  auto source = hooked_snap(version);
  source.hooks["post-refresh"] += "echo spoiled >$SNAP_DATA/state\necho 'wrong colour'\nexit 1\n";
  return source;
}

/// A daemon with a store.
struct store_world : world {
  local_store store{*this};

  std::string current() const { return fs::read_symlink(in_root("snap/hello/current")); }
  std::string state_of(const std::string& rev) const {
    return read_file(in_root("var/snap/hello/" + rev + "/state"));
  }
};

} // namespace

TEST_CASE("a file of an installed snap refreshes it: the data comes along, the former stays") {
  TROUPE_NEEDS_ROOT();
  world w;
  REQUIRE(w.troupe({"install", "--dangerous", w.make_snap(hooked_snap("1.0")).string()}).exit_code == 0);
  write_file(w.in_root("var/snap/hello/x1/state"), "first");
  auto refreshed = w.troupe({"install", "--dangerous", w.make_snap(hooked_snap("2.0")).string()});
  INFO(refreshed.err);
  CHECK(refreshed.exit_code == 0);
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "x2");
  CHECK(read_file(w.in_root("var/snap/hello/x2/state")) == "first");
  CHECK(read_file(w.in_root("var/snap/hello/common/hooks")) ==
        "pre-refresh x1 x1 x2 0\npost-refresh x2 x1 x2 0\n");

  write_file(w.in_root("var/snap/hello/x2/state"), "second");
  auto reverted = w.troupe({"revert", "hello"});
  INFO(reverted.err);
  CHECK(reverted.exit_code == 0);
  CHECK(reverted.out == "hello 1.0 reverted\n");
  CHECK(read_file(w.in_root("var/snap/hello/x1/state")) == "first");
  CHECK(read_file(w.in_root("var/snap/hello/x2/state")) == "second");
  CHECK(w.troupe({"revert", "hello"}).exit_code == 1);

  REQUIRE(w.troupe({"install", "--dangerous", w.make_snap(hooked_snap("3.0")).string()}).exit_code == 0);
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "x3");
  CHECK_FALSE(fs::exists(w.in_root("var/snap/hello/x2")));
  CHECK_FALSE(fs::exists(w.in_root("var/lib/snapd/snaps/hello_x2.snap")));
  REQUIRE(w.troupe({"remove", "hello"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE(
    "a refresh replaces launchers by those of its revision, and keeps all others while it switches") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  auto with_apps = [&](const std::string& apps) {
    source.yaml = "name: hello\nversion: '1'\napps:\n" + apps;
    return w.make_snap(source);
  };
  w.fine({"install", "--dangerous",
          with_apps("  kept: {command: bin/show}\n  old: {command: bin/show}\n").string()});
  auto is_there = [&](const std::string& name) {
    return fs::is_symlink(w.in_root("snap/bin/hello." + name));
  };
  CHECK(is_there("old"));
  source.hooks["post-refresh"] = slow_hook() + "[ ! -e $SNAP_COMMON/fails ]\n";
  auto next = with_apps("  kept: {command: bin/show}\n  new: {command: bin/show}\n").string();
  auto refresh = [&] {
    fs::remove(w.common_data("hello") / "started");
    fs::remove(w.common_data("hello") / "go");
    auto id = w.fine({"install", "--dangerous", "--no-wait", next}).out;
    REQUIRE(w.hook_started("hello"));
    CHECK((is_there("kept") && is_there("new") && !is_there("old")));
    w.let_hook_go("hello");
    id.pop_back();
    return text(wait_for_change(w.api, id), "status");
  };
  write_file(w.common_data("hello") / "fails", "");
  CHECK(refresh() == "Error");
  CHECK((is_there("kept") && !is_there("new") && is_there("old")));
  fs::remove(w.common_data("hello") / "fails");
  CHECK(refresh() == "Done");
  CHECK((is_there("kept") && is_there("new") && !is_there("old")));
  w.fine({"disable", "hello"});
  CHECK((!is_there("kept") && !is_there("new") && !is_there("old")));
}

TEST_CASE("a revision that fails is rolled back, remembered and passed over until a newer one comes") {
  TROUPE_NEEDS_ROOT();
  store_world w;
  w.store.offer(hooked_snap("1.0"));
  w.fine({"install", "hello"});
  CHECK(w.current() == "1");
  write_file(w.in_root("var/snap/hello/1/state"), "first");

  w.store.offer(failing_snap("2.0"));
  auto failed = w.troupe({"refresh", "hello"});
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("wrong colour"));
  CHECK(w.current() == "1");
  CHECK(w.state_of("1") == "first");
  CHECK_FALSE(fs::exists(w.in_root("var/snap/hello/2")));
  CHECK_THAT(read_file(w.in_root("var/snap/hello/common/hooks")),
             Contains("undo-pre-refresh 1 1 2 1\n"));

  auto all = w.fine({"refresh"});
  CHECK_THAT(all.err, Contains("snap \"hello\" is passed over: revision 2 has failed here"));
  CHECK_THAT(all.err, Contains("wrong colour"));
  CHECK(w.current() == "1");
  CHECK_THAT(w.fine({"refresh", "--list"}).out, Contains("passed over"));
  CHECK_THAT(w.fine({"info", "hello"}).out, Contains("bad:          2 failed today") &&
                                                Contains("wrong colour") &&
                                                Contains("latest/stable: 2.0 (2)"));
  w.daemon.restart();
  CHECK_THAT(w.fine({"refresh"}).err, Contains("passed over"));
  CHECK(w.troupe({"refresh", "hello"}).exit_code == 1);

  w.store.offer(hooked_snap("3.0"));
  w.fine({"refresh"});
  CHECK(w.current() == "3");
  CHECK(w.state_of("3") == "first");
  CHECK_THAT(w.fine({"refresh"}).err, Contains("All snaps are up to date"));
}

TEST_CASE("an install brings the base and the default provider that it lacks") {
  TROUPE_NEEDS_ROOT();
  store_world w;
  auto base = plain_snap("base22");
  base.yaml = "name: base22\nversion: 1.0\nsummary: A base\ndescription: A base\ntype: base\n";
  auto provider = plain_snap("themes");
  auto app = plain_snap("hello");
  app.yaml = "base: base22\nplugs:\n  looks:\n    interface: content\n    default-provider: themes:all\n"
             "    target: $SNAP/looks\n" +
             app.yaml;
  w.store.offer(base);
  w.store.offer(provider);
  w.store.offer(app);
  w.fine({"install", "hello"});
  auto list = w.fine({"list"}).out;
  for (const auto* name : {"base22", "themes", "hello"})
    CHECK_THAT(list, Contains(name));
}

TEST_CASE("a refresh steps through epochs, and goes back to where it began if a step fails") {
  TROUPE_NEEDS_ROOT();
  store_world w;
  auto with_epoch = [](const std::string& version, const std::string& epoch, bool fails) {
    auto source = fails ? failing_snap(version) : hooked_snap(version);
    source.yaml = "epoch: " + epoch + "\n" + source.yaml;
    return source;
  };
  w.store.offer(with_epoch("1.0", "0", false));
  w.fine({"install", "hello"});
  write_file(w.in_root("var/snap/hello/1/state"), "first");
  w.store.offer(with_epoch("2.0", "1*", false));
  w.store.offer(with_epoch("3.0", "1", true));
  auto failed = w.troupe({"refresh", "hello"});
  CHECK(failed.exit_code == 1);
  CHECK(w.current() == "1");
  CHECK(w.state_of("1") == "first");
  CHECK_FALSE(fs::exists(w.in_root("var/snap/hello/2")));
  CHECK_FALSE(fs::exists(w.in_root("snap/hello/2")));

  w.store.offer(with_epoch("4.0", "1", false));
  w.fine({"refresh", "hello"});
  CHECK(w.current() == "4");
  CHECK(w.state_of("4") == "first");
  CHECK_FALSE(fs::exists(w.in_root("var/snap/hello/2")));
  w.store.offer(with_epoch("5.0", "7", false));
  auto refused = w.troupe({"refresh", "hello"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("it reads epoch 7, the data was written in epoch 1"));
  CHECK(w.current() == "4");
}

TEST_CASE("what a store doesn't have, or has spoiled, leaves the installed revision running") {
  TROUPE_NEEDS_ROOT();
  store_world w;
  CHECK_THAT(w.troupe({"install", "hello"}).err, Contains("snap \"hello\""));
  CHECK(w.troupe({"info", "hello"}).exit_code == 1);
  w.store.offer(hooked_snap("1.0"));
  CHECK_THAT(w.fine({"info", "hello"}).out, Contains("store:        1.0 (1)"));
  w.fine({"install", "hello"});
  CHECK_THAT(w.troupe({"refresh", "hello", "--channel", "none/such/thing/x"}).err, Contains("channel"));
  CHECK_THAT(w.troupe({"refresh", "hello", "--revision", "99"}).err, Contains("99"));
  w.store.offer(hooked_snap("2.0"));
  for (const auto& entry : fs::directory_iterator{w.store.directory() / "snaps"})
    if (entry.path().filename() == "hello_2.snap") {
      auto bytes = read_file(entry.path());
      bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
      write_file(entry.path(), bytes);
    }
  auto failed = w.troupe({"refresh", "hello"});
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("digest"));
  CHECK(w.current() == "1");
  CHECK(eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); }));
}
