#include <catch2/catch.hpp>

#include "tests/support/local_store.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A snap whose applications print their own name and arguments, and whose configure hook may fail.
snap_source with_apps(const std::string& name, const std::vector<std::string>& apps,
                      const std::string& version = "1.0", bool fails = false) {
  snap_source source;
  source.yaml = "name: " + name + "\nversion: '" + version + "'\napps:\n";
  for (const auto& app : apps) {
    source.yaml += "  " + app + ":\n    command: bin/" + app + "\n";
    source.files["bin/" + app] = "#!/bin/sh\necho " + name + " " + app + " $SNAP_VERSION \"$@\"\n";
  }
  if (fails)
    source.hooks["post-refresh"] = "#!/bin/sh\nexit 1\n";
  return source;
}

using links = std::map<std::string, std::string>;

struct aliased_world : world {
  void install(const snap_source& source) const {
    fine({"install", "--dangerous", make_snap(source).string()});
  }

  program_result run(const std::string& command, std::vector<std::string> words = {}) const {
    words.insert(words.begin(), in_root("snap/bin/" + command).string());
    return run_program(words, user());
  }

  /// The links in snap/bin that lead to launchers beside them.
  links aliases() const {
    links found;
    for (const auto& entry : fs::directory_iterator{in_root("snap/bin")})
      if (entry.is_symlink() && fs::read_symlink(entry).is_relative())
        found.emplace(entry.path().filename(), fs::read_symlink(entry));
    return found;
  }

  std::string refusal(const std::vector<std::string>& words) const {
    auto result = troupe(words);
    CHECK(result.exit_code == 1);
    return result.err;
  }

  std::string listed() const { return fine({"aliases", "--json"}).out; }
};

} // namespace

TEST_CASE("an alias starts its application with all of its arguments, from anywhere") {
  TROUPE_NEEDS_ROOT();
  aliased_world w;
  w.install(with_apps("hello", {"hello", "greet"}));
  CHECK_THAT(w.fine({"alias", "hello.greet", "hi"}).out, Contains("added: hi for hello.greet"));
  w.fine({"alias", "hello", "h"});
  CHECK(w.aliases() == links{{"hi", "hello.greet"}, {"h", "hello"}});
  CHECK(w.run("hi", {"a b", "*", ""}).out == "hello greet 1.0 a b * \n");
  CHECK(w.run("h").out == "hello hello 1.0\n");
  auto by_path = run_program(
      {"/bin/sh", "-c", "PATH=" + w.in_root("snap/bin").string() + ":$PATH; hi x"}, w.user());
  CHECK(by_path.out == "hello greet 1.0 x\n");
  CHECK_THAT(w.fine({"aliases"}).out, Contains("hello.greet") && Contains("hi") && Contains("manual"));
  CHECK_THAT(w.fine({"unalias", "hi"}).out, Contains("removed: hi for hello.greet"));
  CHECK(w.aliases() == links{{"h", "hello"}});
  w.fine({"remove", "hello", "--purge"});
  CHECK(lasting_leftovers(w.root()).empty());
  CHECK_THAT(w.fine({"aliases"}).err, Contains("No aliases found"));
}

TEST_CASE("aliases outlive refresh, revert, failed refresh, disabling and restarts, exactly") {
  TROUPE_NEEDS_ROOT();
  aliased_world w;
  w.install(with_apps("hello", {"hello", "greet"}));
  w.fine({"alias", "hello.greet", "hi"});
  w.fine({"alias", "hello", "h"});
  const auto before = w.listed();
  w.install(with_apps("hello", {"hello", "greet"}, "2.0"));
  CHECK(w.run("hi").out == "hello greet 2.0\n");
  CHECK(w.troupe({"install", "--dangerous",
                  w.make_snap(with_apps("hello", {"greet"}, "3.0", true)).string()})
            .exit_code == 1);
  CHECK(w.aliases() == links{{"hi", "hello.greet"}, {"h", "hello"}});
  CHECK(w.listed() == before);
  w.fine({"disable", "hello"});
  CHECK(w.aliases().empty());
  CHECK(w.listed() == before);
  w.daemon.restart();
  w.fine({"enable", "hello"});
  CHECK(w.run("h").out == "hello hello 2.0\n");

  w.install(with_apps("hello", {"greet"}, "4.0"));
  CHECK(w.aliases() == links{{"hi", "hello.greet"}});
  CHECK_THAT(w.fine({"aliases"}).out, Contains("disabled"));
  w.fine({"revert", "hello"});
  CHECK(w.aliases() == links{{"hi", "hello.greet"}, {"h", "hello"}});
  CHECK(w.listed() == before);
}

TEST_CASE("automatic aliases come from the store, change with it, and can be turned off") {
  TROUPE_NEEDS_ROOT();
  aliased_world w;
  local_store store{w};
  store.offer(with_apps("hello", {"hello", "greet"}));
  store.run({"aliases", "hello", "hi=greet", "hey=hello"});
  w.fine({"install", "hello"});
  CHECK(w.aliases() == links{{"hi", "hello.greet"}, {"hey", "hello"}});
  CHECK(w.run("hi", {"you"}).out == "hello greet 1.0 you\n");

  store.offer(with_apps("hello", {"hello", "part"}, "2.0"));
  store.run({"aliases", "hello", "hi=greet", "bye=part"});
  w.fine({"refresh", "hello"});
  CHECK(w.aliases() == links{{"bye", "hello.part"}});
  w.fine({"revert", "hello"});
  CHECK(w.aliases() == links{{"hi", "hello.greet"}});

  CHECK_THAT(w.refusal({"unalias", "hi"}), Contains("it is an automatic one of snap \"hello\""));
  w.fine({"unalias", "hello"});
  CHECK(w.aliases().empty());
  CHECK_THAT(w.fine({"aliases", "hello"}).out, Contains("disabled"));
  w.fine({"prefer", "hello"});
  CHECK(w.aliases() == links{{"hi", "hello.greet"}});
  w.fine({"refresh", "hello", "--revision", "2", "--unaliased"});
  CHECK(w.aliases().empty());
}

TEST_CASE("an install is refused for another's alias; unaliased it comes, and can be preferred") {
  TROUPE_NEEDS_ROOT();
  aliased_world w;
  local_store store{w};
  for (const auto* name : {"one", "two", "tool"}) {
    store.offer(with_apps(name, {name, "app"}));
    if (std::string{name} != "tool")
      store.run({"aliases", name, "x=app", std::string{name} + "-only=app"});
  }
  w.fine({"install", "one"});
  w.fine({"alias", "one.app", "tool.x"});
  CHECK_THAT(w.refusal({"install", "two"}),
             Contains("cannot enable alias \"x\" for \"two\": already enabled for \"one\"") &&
                 Contains("--unaliased"));
  CHECK_THAT(w.refusal({"install", "tool"}),
             Contains("alias \"tool.x\" of snap \"one\"") && Contains("troupe unalias tool.x"));
  w.fine({"install", "two", "--unaliased"});
  const auto of_one = links{{"x", "one.app"}, {"one-only", "one.app"}, {"tool.x", "one.app"}};
  CHECK(w.aliases() == of_one);
  CHECK_THAT(w.refusal({"alias", "two.app", "x"}), Contains("already enabled for \"one\""));
  CHECK_THAT(w.refusal({"alias", "two.app", "one"}),
             Contains("it conflicts with the command namespace of snap \"one\""));

  SECTION("what is in the way is told, and then nobody has yielded") {
    write_file(w.in_root("snap/bin/two-only"), "mine");
    CHECK_THAT(w.refusal({"prefer", "two"}), Contains("snap/bin/two-only"));
    CHECK(w.aliases() == of_one);
    CHECK(read_file(w.in_root("snap/bin/two-only")) == "mine");
  }
  SECTION("who is preferred has them") {
    auto told = w.fine({"prefer", "two"}).out;
    CHECK_THAT(told, Contains("removed: x for one.app") && Contains("added: x for two.app"));
    CHECK(w.aliases() == links{{"x", "two.app"}, {"two-only", "two.app"}, {"tool.x", "one.app"}});
    CHECK(w.run("x").out == "two app 1.0\n");
    w.fine({"prefer", "one"});
    CHECK(w.aliases() == of_one);
  }
}

TEST_CASE("names that can't be aliases, and things that aren't there, are refused by name") {
  TROUPE_NEEDS_ROOT();
  aliased_world w;
  w.install(with_apps("hello", {"hello"}));
  CHECK_THAT(w.refusal({"alias", "hello", ".x"}), Contains("invalid alias name: \".x\""));
  CHECK_THAT(w.refusal({"alias", "hello", "a/b"}), Contains("invalid alias name"));
  CHECK_THAT(w.refusal({"alias", "hello", std::string(201, 'x')}), Contains("invalid alias name"));
  CHECK_THAT(w.refusal({"alias", "hello.no", "x"}), Contains("it has no application \"no\""));
  CHECK_THAT(w.refusal({"alias", "other", "x"}), Contains("it is not installed"));
  CHECK_THAT(w.refusal({"unalias", "nothing"}), Contains("cannot disable \"nothing\""));
  CHECK_THAT(w.refusal({"prefer", "nothing"}), Contains("it is not installed"));
  CHECK_THAT(w.refusal({"aliases", "nothing"}), Contains("nothing"));
  auto unknown = w.api.post("/v2/aliases", json::object{{"action", "rename"}, {"snap", "hello"}});
  CHECK_THAT(unknown.body, Contains("unknown action"));
  write_file(w.in_root("snap/bin/mine"), "mine");
  CHECK_THAT(w.refusal({"alias", "hello", "mine"}), Contains("snap/bin/mine\\\" is there already") ||
                                                        Contains("snap/bin/mine\" is there already"));
  CHECK(read_file(w.in_root("snap/bin/mine")) == "mine");
  CHECK(w.aliases().empty());
}
