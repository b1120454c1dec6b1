#include "alias_support.hpp"
#include "runtime/rules/alias_checks.hpp"

using namespace troupe;
using namespace troupe::planner_tests;
using Catch::Contains;

namespace {

using words = std::vector<std::string>;

std::string refusal(host_plan& host, const std::vector<snap_request>& wanted) {
  try {
    host.plan(wanted);
  } catch (const failure& why) {
    return why.what();
  }
  return {};
}

std::string refusal(host_plan& host, const snap_request& wanted) {
  return refusal(host, std::vector{wanted});
}

/// An install from a store that declares these aliases.
snap_request install_with(const std::string& name, const alias_map& aliases) {
  auto wanted = from_store("install", with_apps(name, {"one", "two"}), 1);
  wanted.origin = {"id", {}, aliases};
  return wanted;
}

change_record prefer(host_plan& host, const std::string& name) {
  operation_request all;
  all.snaps = {request("prefer", name)};
  add_who_yields(all, host.snaps);
  return host.plan(all);
}

} // namespace

TEST_CASE("an alias is one task, and its change says what comes and what goes") {
  host_plan host{{aliased("a", {{"x", {"one", ""}}})}};
  auto change = host.plan(alias_request("a", "two", "x"));
  CHECK(change.kind == "alias");
  CHECK(change.summary == R"(Enable alias "x" for "a.two")");
  CHECK(kinds(change) == words{"alias"});
  CHECK(change.operations.at(0).aliases_added == alias_map{{"x", "two"}});
  CHECK(change.operations.at(0).aliases_removed == alias_map{{"x", "one"}});
}

TEST_CASE("an unalias is of one alias of the operator's, or of all aliases of a snap") {
  host_plan host{{aliased("a", {{"x", {"one", ""}}, {"m", {"", "two"}}})}};
  auto one = request("unalias", "a");
  one.alias = "m";
  auto change = host.plan(one);
  CHECK(change.kind == "unalias");
  CHECK(change.summary == R"(Disable alias "m" of snap "a")");
  CHECK(change.operations.at(0).aliases_removed == alias_map{{"m", "two"}});
  auto all = host.plan(request("unalias", "a"));
  CHECK(all.summary == R"(Disable aliases of snap "a")");
  CHECK(all.operations.at(0).aliases_removed == alias_map{{"m", "two"}, {"x", "one"}});
  one.alias = "x";
  CHECK_THAT(refusal(host, one), Contains("it is an automatic one of snap \"a\""));
  one.alias = "y";
  CHECK_THAT(refusal(host, one), Contains("snap \"a\" has no such alias"));
}

TEST_CASE("an alias needs an installed snap's application that isn't a service") {
  host_plan host{{aliased("a", {})}};
  CHECK_THAT(refusal(host, alias_request("b", "one", "x")), Contains("it is not installed"));
  CHECK(refusal(host, alias_request("a", "three", "x")) ==
        R"(cannot enable alias "x" for "a": it has no application "three")");
  CHECK_THAT(refusal(host, alias_request("a", "svc", "x")), Contains("is a service"));
}

TEST_CASE("an alias that another snap has enabled, or that may be a command, is refused by name") {
  host_plan host{{aliased("a", {}), aliased("b", {{"x", {"one", ""}}, {"off", {"gone", ""}}}),
                  aliased("c", {{"m", {"", "two"}}})}};
  CHECK_THAT(refusal(host, alias_request("a", "one", "x")),
             Contains(R"(cannot enable alias "x" for "a": already enabled for "b")") &&
                 Contains("troupe unalias b"));
  CHECK_THAT(refusal(host, alias_request("a", "one", "m")),
             Contains(R"(already enabled for "c")") && Contains("troupe unalias m"));
  CHECK(refusal(host, alias_request("a", "one", "off")).empty());
  for (const auto* name : {"b", "b.one", "b.anything", "a", "a.one"})
    CHECK_THAT(refusal(host, alias_request("a", "one", name)),
               Contains("it conflicts with the command namespace of snap \"" + std::string{name, 1}));
  CHECK(refusal(host, alias_request("a", "one", "bb.one")).empty());
}

TEST_CASE("an install whose automatic aliases or commands are another's is refused by name") {
  host_plan host{{aliased("b", {{"x", {"one", ""}}, {"new.tool", {"", "two"}}})}};
  auto wanted = install_with("a", {{"x", "one"}, {"y", "two"}});
  CHECK_THAT(refusal(host, wanted),
             Contains(R"(cannot enable alias "x" for "a": already enabled for "b")") &&
                 Contains("--unaliased"));
  wanted.unaliased = true;
  CHECK(host.plan(wanted).operations.at(0).aliases_added.empty());
  CHECK_THAT(refusal(host, install_with("a", {{"b.tool", "one"}})),
             Contains("it conflicts with the command namespace of snap \"b\""));
  CHECK_THAT(refusal(host, install_with("new", {})),
             Contains(R"(cannot install snap "new": alias "new.tool" of snap "b")") &&
                 Contains("troupe unalias new.tool"));
  CHECK(refusal(host, install_with("ne", {{"x.y", "one"}, {"z", "gone"}})).empty());
}

TEST_CASE("another instance of a snap leaves the automatic aliases to the plain one") {
  host_plan host{{aliased("a", {{"x", {"one", ""}}})}};
  auto wanted = install_with("a", {{"x", "one"}});
  wanted.snap = "a_two";
  auto change = host.plan(wanted);
  CHECK(change.operations.at(0).unaliased);
  CHECK(change.operations.at(0).aliases_added.empty());
}

TEST_CASE("snaps that come in one change can't have each other's names either") {
  host_plan host;
  CHECK_THAT(refusal(host, {install_with("a", {{"x", "one"}}), install_with("b", {{"x", "one"}})}),
             Contains(R"(cannot enable alias "x" for "b": already enabled for "a")"));
  CHECK_THAT(refusal(host, {install_with("a", {{"b", "one"}}), install_with("b", {})}),
             Contains(R"(alias "b" of snap "a")"));
}

TEST_CASE("what is under way keeps the names that it takes and the ones that it may take back") {
  host_plan host{{aliased("a", {})}};
  operation other;
  other.snap = "b";
  SECTION("an alias that comes") {
    other.verb = "alias";
    other.aliases_added = {{"x", "one"}};
  }
  SECTION("an alias that goes") {
    other.verb = "unalias";
    other.aliases_removed = {{"x", "one"}};
  }
  host.under_way = {other};
  CHECK_THAT(refusal(host, alias_request("a", "one", "x")),
             Contains("\"b\", which has it or may get it, has \"" + other.verb + "\" change"));
  host.under_way.front().verb = "install";
  CHECK_THAT(refusal(host, alias_request("a", "one", "b.x")), Contains("namespace of snap \"b\""));
}

TEST_CASE("a refresh or a revert that would enable another's alias is refused, and others aren't") {
  auto state = std::make_shared<snap_state>(*aliased("a", {{"m", {"", "three"}}}));
  state->revisions.front().info = with_apps("a", {"three"});
  host_plan host{{state, aliased("b", {{"m", {"", "one"}}})}};
  CHECK_THAT(refusal(host, request("revert", "a")),
             Contains(R"(cannot enable alias "m" for "a": already enabled for "b")") &&
                 Contains("troupe unalias m"));
  auto refresh = from_store("refresh", with_apps("a", {"one"}), 3);
  refresh.origin.aliases = {{"y", "one"}};
  CHECK(host.plan(refresh).operations.at(0).aliases_added == alias_map{{"y", "one"}});
  refresh.origin.aliases = {{"m", "one"}};
  CHECK_THAT(refusal(host, refresh), Contains("already enabled for \"b\""));
}

TEST_CASE("a refresh of all snaps passes over one whose new alias is another's") {
  host_plan host{{aliased("a", {}), aliased("b", {{"x", {"", "one"}}})}};
  operation_request all;
  all.refreshes_all = true;
  for (const auto* name : {"a", "b"}) {
    all.snaps.push_back(from_store("refresh", with_apps(name, {"one"}), 3));
    all.snaps.back().origin = {"id", {}, {{"x", "one"}}};
  }
  auto change = host.plan(all);
  CHECK(snaps_of(change) == words{"b"});
  CHECK_THAT(change.data, Contains("passed over: cannot enable alias"));
}

TEST_CASE("who is preferred gets its aliases once those who have them have yielded, or nobody does") {
  host_plan host{{aliased("a", {{"x", {"one", ""}}, {"y", {"two", ""}}}, true),
                  aliased("b", {{"x", {"two", ""}}, {"z", {"one", ""}}}),
                  aliased("c", {{"y", {"", "one"}}, {"k", {"", "two"}}}), aliased("d", {})}};
  auto change = prefer(host, "a");
  CHECK(change.kind == "prefer");
  CHECK(change.summary == R"(Prefer aliases of snap "a")");
  CHECK(snaps_of(change) == words{"b", "c", "a"});
  REQUIRE(kinds(change) == words{"yield-aliases", "yield-aliases", "prefer"});
  CHECK(change.tasks.back().waits_for == std::vector{change.tasks[0].id, change.tasks[1].id});
  for (const auto& task : change.tasks)
    CHECK(task.lanes == std::vector<lane_number>{1});
  CHECK(change.operations[0].aliases_removed == alias_map{{"x", "two"}, {"z", "one"}});
  CHECK(change.operations[1].aliases_removed == alias_map{{"y", "one"}});
  CHECK(change.operations[2].aliases_added == alias_map{{"x", "one"}, {"y", "two"}});
}

TEST_CASE("a preference plans anew what it waited for, and is refused where somebody else would yield") {
  host_plan host{{aliased("a", {{"x", {"one", ""}}}, true), aliased("b", {{"x", {"", "one"}}})}};
  operation_request all;
  all.snaps = {request("prefer", "a")};
  add_who_yields(all, host.snaps);
  auto waiting = plan_waiting(all, host.context(all));
  auto again = request_of(waiting);
  CHECK(snaps_of(host.plan(again)) == words{"b", "a"});
  auto context = host.context(again);
  host.snaps["c"] = aliased("c", {{"x", {"", "one"}}});
  CHECK_THROWS_WITH(plan(again, context), Contains("snap \"c\" has enabled one of them meanwhile"));
  host.snaps.erase("c");
  host.snaps["b"] = aliased("b", {});
  CHECK(snaps_of(host.plan(again)) == words{"a"});
}
