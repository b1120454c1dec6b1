#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "messages/failure.hpp"
#include "runtime/rules/claim_table.hpp"

using namespace troupe;

namespace {

using answer = claim_table::answer;
using obstacle = claim_table::obstacle;
using ids = std::vector<change_id>;
using names = std::vector<std::string>;

change_id change(std::uint64_t number) { return {number}; }

/// The rule by its words: whoever wants a snap stands in one line, and owns all its snaps once nobody
/// before it in the line wants one of them.
class slow_model {
public:
  struct member {
    change_id who;
    names snaps;
  };

  static bool overlap(const names& a, const names& b) {
    return std::ranges::any_of(a,
                               [&](const auto& snap) { return std::ranges::find(b, snap) != b.end(); });
  }

  bool is_free(const names& snaps) const {
    return std::ranges::none_of(line, [&](const member& m) { return overlap(m.snaps, snaps); });
  }

  bool owns(std::size_t place) const {
    return std::none_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(place),
                        [&](const member& before) { return overlap(before.snaps, line[place].snaps); });
  }

  ids owners() const {
    ids result;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (owns(i))
        result.push_back(line[i].who);
    return result;
  }

  /// Returns who became an owner.
  ids leave(change_id who) {
    auto before = owners();
    std::erase_if(line, [&](const member& m) { return m.who == who; });
    auto after = owners();
    std::erase_if(after, [&](change_id id) { return std::ranges::find(before, id) != before.end(); });
    return after;
  }

  std::optional<obstacle> obstacle_before(std::size_t place, names snaps) const {
    std::ranges::sort(snaps);
    for (const auto& snap : snaps)
      for (std::size_t i = 0; i < place; ++i)
        if (overlap(line[i].snaps, {snap}))
          return obstacle{snap, line[i].who, owns(i)};
    return std::nullopt;
  }

  std::vector<member> line;
};

const names all_snaps{"a", "b", "c", "d", "e"};

names some_snaps() {
  return *rc::gen::nonEmpty(rc::gen::container<names>(rc::gen::elementOf(all_snaps)));
}

void compare(const claim_table& table, const slow_model& model) {
  std::map<std::string, change_id> owner_of;
  std::size_t owning = 0;
  for (std::size_t i = 0; i < model.line.size(); ++i) {
    const auto& [who, snaps] = model.line[i];
    RC_ASSERT(table.contains(who));
    RC_ASSERT(table.is_waiting(who) == !model.owns(i));
    RC_ASSERT(table.explain(who) == model.obstacle_before(i, snaps));
    if (!model.owns(i))
      continue;
    ++owning;
    for (const auto& snap : snaps)
      RC_ASSERT(owner_of.emplace(snap, who).first->second == who);
  }
  for (const auto& snap : all_snaps) {
    auto found = owner_of.find(snap);
    RC_ASSERT(table.owner_of(snap) ==
              (found == owner_of.end() ? std::nullopt : std::optional{found->second}));
  }
  RC_ASSERT(table.owning() == owning);
  RC_ASSERT(table.waiting() == model.line.size() - owning);
}

} // namespace

TEST_CASE("a change owns all its snaps at once where nobody wants one of them") {
  claim_table table;
  CHECK(table.ask(change(1), {"b", "a"}, false) == answer::granted);
  CHECK(table.owner_of("a") == change(1));
  CHECK(table.owner_of("b") == change(1));
  CHECK_FALSE(table.owner_of("c"));
  CHECK(table.ask(change(2), {"c"}, false) == answer::granted);
  CHECK(table.owning() == 2);
}

TEST_CASE("a change that would not wait is refused whole, and the first taken snap by name is told") {
  claim_table table;
  table.ask(change(1), {"b"}, false);
  table.ask(change(2), {"c"}, false);
  CHECK(table.ask(change(3), {"d", "c", "b", "a"}, false) == answer::refused);
  CHECK(table.obstacle_to({"d", "c", "b", "a"}) == obstacle{"b", change(1), true});
  CHECK_FALSE(table.contains(change(3)));
  CHECK_FALSE(table.owner_of("a"));
  CHECK_FALSE(table.obstacle_to({"a", "d"}));
}

TEST_CASE("a change that waits owns nothing until it owns everything") {
  claim_table table;
  table.ask(change(1), {"a"}, true);
  table.ask(change(2), {"b"}, true);
  CHECK(table.ask(change(3), {"a", "b", "c"}, true) == answer::waits);
  CHECK_FALSE(table.owner_of("c"));
  CHECK(table.explain(change(3)) == obstacle{"a", change(1), true});
  CHECK(table.leave(change(1)).empty());
  CHECK_FALSE(table.owner_of("a"));
  CHECK(table.explain(change(3)) == obstacle{"b", change(2), true});
  CHECK(table.leave(change(2)) == ids{change(3)});
  CHECK(table.owner_of("a") == change(3));
  CHECK(table.owner_of("c") == change(3));
  CHECK_FALSE(table.explain(change(3)));
}

TEST_CASE("nobody overtakes one who waits for a snap that both want") {
  claim_table table;
  table.ask(change(1), {"a"}, true);
  table.ask(change(2), {"a", "b"}, true);
  CHECK(table.ask(change(3), {"b"}, false) == answer::refused);
  CHECK(table.obstacle_to({"b"}) == obstacle{"b", change(2), false});
  CHECK(table.ask(change(4), {"b", "c"}, true) == answer::waits);
  CHECK(table.explain(change(4)) == obstacle{"b", change(2), false});
  CHECK(table.ask(change(5), {"d"}, true) == answer::granted);
  CHECK(table.leave(change(1)) == ids{change(2)});
  CHECK(table.explain(change(4)) == obstacle{"b", change(2), true});
  CHECK(table.leave(change(2)) == ids{change(4)});
}

TEST_CASE("one that gives up waiting lets in those who waited for it, in the order they asked") {
  claim_table table;
  table.ask(change(1), {"a"}, true);
  table.ask(change(2), {"a", "b", "c"}, true);
  table.ask(change(4), {"c"}, true);
  table.ask(change(3), {"b"}, true);
  CHECK(table.leave(change(2)) == ids{change(4), change(3)});
  CHECK(table.waiting() == 0);
  CHECK(table.owner_of("a") == change(1));
}

TEST_CASE("owners known from before a restart own their snaps, and those who ask again wait for them") {
  claim_table table;
  table.restore(change(1), {"a", "b"});
  table.restore(change(2), {"c"});
  CHECK(table.ask(change(3), {"c"}, true) == answer::waits);
  CHECK(table.leave(change(2)) == ids{change(3)});
  CHECK(table.owner_of("b") == change(1));
}

TEST_CASE("asking twice and restoring what is taken are faults of ours that change nothing") {
  claim_table table;
  table.ask(change(1), {"a"}, true);
  CHECK_THROWS_WITH(table.ask(change(1), {"b"}, true),
                    "cannot claim snaps for change 1: it has asked already");
  CHECK_THROWS_AS(table.restore(change(1), {"b"}), failure);
  CHECK_THROWS_AS(table.restore(change(2), {"b", "a"}), failure);
  CHECK_FALSE(table.owner_of("b"));
  CHECK_FALSE(table.contains(change(2)));
}

TEST_CASE("a change that isn't in the table may leave, and a snap named twice counts once") {
  claim_table table;
  CHECK(table.leave(change(1)).empty());
  CHECK_FALSE(table.explain(change(1)));
  CHECK_FALSE(table.is_waiting(change(1)));
  table.ask(change(1), {"a", "a"}, true);
  table.ask(change(2), {"a", "a"}, true);
  CHECK(table.leave(change(1)) == ids{change(2)});
  CHECK(table.leave(change(2)).empty());
  CHECK(table.owning() == 0);
}

TEST_CASE(
    "whatever changes ask and leave, a snap has one owner, none is overtaken and all get their turn") {
  CHECK(rc::check([] {
    claim_table table;
    slow_model model;
    std::uint64_t last = 0;
    auto leave = [&](change_id who) { RC_ASSERT(table.leave(who) == model.leave(who)); };
    auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
      if (model.line.empty() || *rc::gen::inRange(0, 5) < 3) {
        auto snaps = some_snaps();
        auto may_wait = *rc::gen::inRange(0, 4) > 0;
        auto who = change(++last);
        auto expected = model.is_free(snaps) ? answer::granted
                        : may_wait           ? answer::waits
                                             : answer::refused;
        RC_ASSERT(table.obstacle_to(snaps) == model.obstacle_before(model.line.size(), snaps));
        RC_ASSERT(table.ask(who, snaps, may_wait) == expected);
        if (expected != answer::refused)
          model.line.push_back({who, snaps});
      } else {
        leave(model.line[*rc::gen::inRange<std::size_t>(0, model.line.size())].who);
      }
      compare(table, model);
    }
    while (!model.line.empty()) {
      auto owners = model.owners();
      RC_ASSERT(!owners.empty());
      leave(owners[*rc::gen::inRange<std::size_t>(0, owners.size())]);
      compare(table, model);
    }
    RC_ASSERT(table.owning() + table.waiting() == 0U);
  }));
}
