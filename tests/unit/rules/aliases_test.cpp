#include "alias_support.hpp"

using namespace troupe;
using namespace troupe::planner_tests;

namespace {

operation op_of(const std::string& verb, const std::string& alias = {}, const std::string& app = {}) {
  operation op;
  op.verb = verb;
  op.snap = "a";
  op.alias = alias;
  op.app = app;
  return op;
}

} // namespace

TEST_CASE("the operator's word counts over the publisher's, and neither for what can't be started") {
  struct row {
    snap_alias alias;
    bool no_automatic;
    known_alias expected;
  };
  const row rows[] = {
      {{"one", ""}, false, {"one", alias_status::automatic}},
      {{"one", ""}, true, {"one", alias_status::disabled}},
      {{"", "two"}, false, {"two", alias_status::manual}},
      {{"", "two"}, true, {"two", alias_status::manual}},
      {{"one", "two"}, false, {"two", alias_status::manual}},
      {{"one", "two"}, true, {"two", alias_status::manual}},
      {{"one", "gone"}, false, {"one", alias_status::automatic}},
      {{"one", "gone"}, true, {"gone", alias_status::disabled}},
      {{"gone", ""}, false, {"gone", alias_status::disabled}},
      {{"svc", ""}, false, {"svc", alias_status::disabled}},
      {{"", "svc"}, false, {"svc", alias_status::disabled}},
  };
  for (const auto& [alias, no_automatic, expected] : rows) {
    auto state = aliased("a", {{"x", alias}}, no_automatic);
    CAPTURE(alias.automatic, alias.manual, no_automatic);
    CHECK(known_aliases(*state).at("x") == expected);
    CHECK(enabled_aliases(*state).contains("x") == (expected.status != alias_status::disabled));
  }
}

TEST_CASE("an application is called by its snap's name where both are the same, but for the key") {
  CHECK(command_of("a", "b") == "a.b");
  CHECK(command_of("a", "a") == "a");
  CHECK(command_of("a_two", "a") == "a_two");
  CHECK(command_of("a_two", "b") == "a_two.b");
}

TEST_CASE(
    "a new revision has the automatic aliases that are declared and that it has applications for") {
  auto state = *aliased("a", {{"x", {"one", ""}}, {"y", {"two", "one"}}, {"m", {"", "gone"}}});
  state.origin.aliases = {{"y", "one"}, {"z", "two"}, {"w", "gone"}};
  auto next = aliases_after(op_of("refresh"), state);
  CHECK(next.aliases == alias_table{{"y", {"one", "one"}}, {"z", {"two", ""}}, {"m", {"", "gone"}}});
  CHECK_FALSE(next.no_automatic);
  CHECK(waiting_aliases(state) == std::vector<std::string>{"m"});
  state.aliases = next.aliases;
  CHECK(aliases_after(op_of("refresh"), state).aliases == next.aliases);
  auto unaliased = op_of("install");
  unaliased.unaliased = true;
  CHECK(aliases_after(unaliased, state).no_automatic);
  state.no_automatic_aliases = true;
  CHECK(aliases_after(op_of("revert"), state).no_automatic);
}

TEST_CASE("an operator's alias is set, replaced, and taken away") {
  auto state = *aliased("a", {{"x", {"one", ""}}, {"m", {"", "two"}}});
  CHECK(aliases_after(op_of("alias", "n", "one"), state).aliases.at("n") == snap_alias{"", "one"});
  CHECK(aliases_after(op_of("alias", "x", "two"), state).aliases.at("x") == snap_alias{"one", "two"});
  auto less = aliases_after(op_of("unalias", "m"), state);
  CHECK(less.aliases == alias_table{{"x", {"one", ""}}});
  CHECK_FALSE(less.no_automatic);
  auto none = aliases_after(op_of("unalias"), state);
  CHECK(none.aliases == alias_table{{"x", {"one", ""}}});
  CHECK(none.no_automatic);
  CHECK(enabled_aliases(none, state.info()).empty());
  state.no_automatic_aliases = true;
  CHECK_FALSE(aliases_after(op_of("prefer"), state).no_automatic);
}

TEST_CASE("who yields an alias gives up what the operator said of it, or all automatic ones") {
  auto yields = op_of("yield-aliases");
  yields.aliases_removed = {{"x", "one"}};
  auto manual = *aliased("a", {{"x", {"", "one"}}, {"y", {"two", ""}}});
  CHECK(aliases_after(yields, manual).aliases == alias_table{{"y", {"two", ""}}});
  CHECK_FALSE(aliases_after(yields, manual).no_automatic);
  auto automatic = *aliased("a", {{"x", {"one", ""}}, {"y", {"two", ""}}, {"m", {"", "two"}}});
  auto left = aliases_after(yields, automatic);
  CHECK(left.no_automatic);
  CHECK(enabled_aliases(left, automatic.info()) == alias_map{{"m", "two"}});
  auto both = *aliased("a", {{"x", {"one", "two"}}});
  CHECK(enabled_aliases(aliases_after(yields, both), both.info()).empty());
}

TEST_CASE("aliases are compared by their names and by what they start") {
  CHECK(without({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {{"a", "1"}, {"b", "other"}}) ==
        alias_map{{"b", "2"}, {"c", "3"}});
}
