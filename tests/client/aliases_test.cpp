#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"
#include "tests/support/local_store.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A snap with the applications NAME and app.
snap_source two_apps(const std::string& name) {
  auto source = plain_snap(name);
  source.yaml += "  app:\n    command: bin/app\n";
  source.files["bin/app"] = "#!/bin/sh\necho app of " + name + " \"$@\"\n";
  return source;
}

} // namespace

TEST_CASE("snap makes, lists, prefers and removes aliases") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  local_store store{w};
  auto fine = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    INFO(words.front() << ": " << result.err);
    CHECK(result.exit_code == 0);
    return result;
  };
  auto refused = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    CHECK(result.exit_code == 1);
    return result.err;
  };
  for (const auto* name : {"hello", "other"}) {
    store.offer(two_apps(name));
    store.run({"aliases", name, "x=app"});
  }
  auto none = fine({"aliases"});
  CHECK_THAT(none.out + none.err, Contains("No aliases are currently defined"));
  fine({"install", "hello"});
  CHECK_THAT(refused({"install", "other"}),
             Contains("cannot enable alias \"x\" for \"other\": already enabled for \"hello\""));
  fine({"install", "--unaliased", "other"});

  auto added = fine({"alias", "hello.app", "hi"});
  CHECK_THAT(added.out, Contains("Added:") && Contains("hello.app as hi"));
  CHECK(run_program({w.in_root("snap/bin/hi").string(), "you"}, w.user()).out == "app of hello you\n");
  auto listed = fine({"aliases"}).out;
  CHECK_THAT(listed, Contains("Command") && Contains("Alias") && Contains("Notes"));
  CHECK_THAT(listed,
             Contains("hi") && Contains("manual") && Contains("other.app") && Contains("disabled"));
  CHECK_THAT(fine({"aliases", "hello"}).out, !Contains("other"));
  CHECK_THAT(refused({"alias", "other.app", "hi"}), Contains("already enabled for \"hello\""));

  auto preferred = fine({"prefer", "other"});
  CHECK_THAT(preferred.out, Contains("Added:") && Contains("other.app as x") && Contains("Removed:") &&
                                Contains("hello.app as x"));
  CHECK(fs::read_symlink(w.in_root("snap/bin/x")) == "other.app");

  CHECK_THAT(fine({"unalias", "hi"}).out, Contains("Removed:") && Contains("hello.app as hi"));
  CHECK_THAT(fine({"unalias", "other"}).out, Contains("Removed:") && Contains("other.app as x"));
  CHECK_FALSE(fs::exists(fs::symlink_status(w.in_root("snap/bin/x"))));
  CHECK_THAT(refused({"unalias", "nothing"}), Contains("cannot disable \"nothing\""));
}
