#include <catch2/catch.hpp>

#include <unistd.h>

#include <fstream>

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/rules/snap_update.hpp"
#include "runtime/tasks/task_kinds.hpp"

using namespace troupe;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

using links = std::map<std::string, std::string>;

fs::path make_root() {
  std::string pattern = "/tmp/troupe-aliases-XXXXXX";
  return ::mkdtemp(pattern.data());
}

/// A snap with two applications on a root of a test's own, and tasks on it.
struct alias_fixture {
  alias_fixture() {
    fs::create_directories(paths.bin_dir());
    auto described = std::make_shared<snap_info>();
    described->name = "a";
    for (const auto* name : {"a", "two"})
      described->apps.emplace_back().name = name;
    state.name = "a";
    state.revisions.push_back({{-1}, described, {}});
    state.current = {-1};
    state.active = true;
    op.snap = "a";
  }
  ~alias_fixture() { fs::remove_all(root); }
  alias_fixture(const alias_fixture&) = delete;
  alias_fixture& operator=(const alias_fixture&) = delete;

  void wants(const std::string& verb, const std::string& app = {}, const std::string& alias = {}) {
    op.verb = verb;
    op.app = app;
    op.alias = alias;
  }

  task_context context(const std::string& memo = "{}") const {
    auto job = std::make_shared<task_job>();
    job->op = std::make_shared<const operation>(op);
    task_context result{host, job};
    result.state = std::make_shared<const snap_state>(state);
    result.memo = json::parse_object(memo);
    return result;
  }

  /// Runs one side and takes over what it says of the state, as the snap's actor does.
  outcomes::done end(outcome result) {
    auto finished = std::get<outcomes::done>(result.result);
    for (const auto& [name, update] : finished.updates)
      state = troupe::apply(state, update);
    return finished;
  }
  std::string perform(const std::string& kind) {
    auto made = context();
    auto result = end(find_task_kind(kind)->perform(made));
    log = made.log;
    return result.memo;
  }
  void undo(const std::string& kind, const std::string& memo = "{}") {
    auto made = context(memo);
    end(find_task_kind(kind)->undo(made));
  }

  links found() const {
    links result;
    for (const auto& entry : fs::directory_iterator{paths.bin_dir()})
      result.emplace(entry.path().filename(), entry.is_symlink() ? fs::read_symlink(entry) : "a file");
    return result;
  }

  fs::path root = make_root();
  layout paths{root};
  host::ports os{std::make_shared<host::real_files>(), nullptr, nullptr, nullptr};
  task_host host{paths, os, {}, false};
  snap_state state;
  operation op;
  std::vector<std::string> log;
};

using table = std::map<std::string, snap_alias>;

} // namespace

TEST_CASE("an alias is a link beside its launcher; done twice it is the same, and undone it is gone") {
  alias_fixture f;
  f.wants("alias", "two", "x");
  auto memo = f.perform("alias");
  CHECK(f.found() == links{{"x", "a.two"}});
  CHECK(f.state.aliases == table{{"x", {"", "two"}}});
  f.undo("alias", memo);
  CHECK(f.found().empty());
  CHECK(f.state.aliases.empty());
  f.undo("alias", memo);
  CHECK(f.found().empty());
}

TEST_CASE("an alias that is moved to another application goes back to the former one") {
  alias_fixture f;
  f.state.aliases = {{"x", {"two", ""}}};
  f.perform("setup-aliases");
  f.wants("alias", "a", "x");
  auto memo = f.perform("alias");
  CHECK(f.found() == links{{"x", "a"}});
  f.undo("alias", memo);
  CHECK(f.found() == links{{"x", "a.two"}});
  CHECK(f.state.aliases == table{{"x", {"two", ""}}});
}

TEST_CASE("what was stopped before its end is undone by what the state says") {
  alias_fixture f;
  f.state.aliases = {{"m", {"", "two"}}};
  f.perform("setup-aliases");
  const auto before = f.found();
  SECTION("an alias") {
    f.wants("alias", "two", "x");
    auto made = f.context();
    find_task_kind("alias")->perform(made);
    f.undo("alias");
  }
  SECTION("an unalias") {
    f.wants("unalias", "", "m");
    auto made = f.context();
    find_task_kind("unalias")->perform(made);
    CHECK(f.found().empty());
    f.undo("unalias");
  }
  CHECK(f.found() == before);
  CHECK(f.state.aliases == table{{"m", {"", "two"}}});
}

TEST_CASE("what is somebody else's is never written over, and nothing is changed then") {
  alias_fixture f;
  f.state.aliases = {{"one", {"a", ""}}, {"two", {"two", ""}}};
  SECTION("a file") { std::ofstream{f.paths.alias_link("two")} << "mine"; }
  SECTION("another link") { fs::create_symlink("/bin/true", f.paths.alias_link("two")); }
  SECTION("a directory") { fs::create_directory(f.paths.alias_link("two")); }
  const auto before = f.found();
  auto made = f.context();
  CHECK_THROWS_WITH(find_task_kind("setup-aliases")->perform(made),
                    Contains("cannot enable alias \"two\" for \"a\"") && Contains("snap/bin/two") &&
                        Contains("is there already"));
  CHECK(f.found() == before);
  // What took an alias's place later is left alone too.
  f.undo("setup-aliases");
  f.perform("remove-aliases");
  CHECK(f.found() == before);
}

TEST_CASE("aliases of an inactive snap have no links, and get them when it is active") {
  alias_fixture f;
  f.state.active = false;
  f.wants("alias", "two", "x");
  auto memo = f.perform("alias");
  CHECK(f.found().empty());
  f.state.active = true;
  f.perform("setup-aliases");
  CHECK(f.found() == links{{"x", "a.two"}});
  f.perform("remove-aliases");
  CHECK(f.found().empty());
  f.undo("remove-aliases");
  CHECK(f.found() == links{{"x", "a.two"}});
}

TEST_CASE("a new revision takes over what is declared, says which aliases wait, and gives them back") {
  alias_fixture f;
  f.state.aliases = {{"old", {"two", ""}}, {"m", {"", "gone"}}};
  f.state.origin.aliases = {{"new", "a"}};
  f.wants("refresh");
  auto memo = f.perform("set-auto-aliases");
  CHECK(f.state.aliases == table{{"m", {"", "gone"}}, {"new", {"a", ""}}});
  REQUIRE(f.log.size() == 1);
  CHECK_THAT(f.log[0], Contains("alias \"m\" is disabled: revision x1 has no application \"gone\""));
  f.undo("set-auto-aliases");
  CHECK(f.state.aliases.contains("new"));
  f.undo("set-auto-aliases", memo);
  CHECK(f.state.aliases == table{{"m", {"", "gone"}}, {"old", {"two", ""}}});
}

TEST_CASE("a refresh replaces the links of the revision that is left, and its undo puts them back") {
  alias_fixture f;
  f.state.aliases = {{"gone", {"two", ""}}, {"kept", {"a", ""}}};
  f.perform("setup-aliases");
  const auto before = f.found();
  auto next = std::make_shared<snap_info>();
  next->name = "a";
  for (const auto* name : {"a", "three"})
    next->apps.emplace_back().name = name;
  f.state.revisions.push_back({{-2}, next, {}});
  f.state.current = {-2};
  f.state.origin.aliases = {{"kept", "a"}, {"new", "three"}};
  f.op.from = {-1};
  f.wants("refresh");
  SECTION("undone after its end") {
    auto memo = f.perform("set-auto-aliases");
    CHECK(f.found() == links{{"kept", "a"}, {"new", "a.three"}});
    f.undo("set-auto-aliases", memo);
  }
  SECTION("stopped before its end") {
    auto made = f.context();
    find_task_kind("set-auto-aliases")->perform(made);
    f.undo("set-auto-aliases");
  }
  CHECK(f.found() == before);
}
