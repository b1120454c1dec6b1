#include <catch2/catch.hpp>

#include <map>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

lane_summary app_on_base(change_id change, const std::string& name) {
  lane_summary lane;
  lane.key = {change, 1};
  lane.snaps = {name};
  lane.affects_link = true;
  lane.role = lane_role::plain;
  lane.is_known = true;
  lane.bases = {"core22"};
  return lane;
}

lane_summary base_itself(change_id change) {
  auto lane = app_on_base(change, "core22");
  lane.role = lane_role::shared;
  lane.bases = {};
  return lane;
}

/// Lanes that ask a stage's scheduler, and which of them are in.
struct lanes {
  stage& all;
  std::map<lane_key, bool> in;

  void ask(const lane_summary& lane) {
    auto key = lane.key;

    all.system().spawn([this, key, lane](caf::event_based_actor* self) {
      self->set_default_handler(caf::drop);
      self->request(scheduler(), caf::infinite, admit_lane{lane})
          .then([this, key](admitted) { in[key] = true; }, [](const caf::error&) {});
    });
    all.run();
  }
  void leave(lane_key key) {
    caf::anon_send(scheduler(), leave_lane{key});
    all.run();
  }
  const scheduler_actor& scheduler() const { return all.actors().members().scheduler; }
};

} // namespace

TEST_CASE("a base that is relinked waits for the lanes of snaps that run on it, and is told which") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  lanes asking{all, {}};
  asking.ask(app_on_base({1}, "hello"));
  asking.ask(base_itself({2}));
  CHECK(asking.in[{{1}, 1}]);
  CHECK_FALSE(asking.in[{{2}, 1}]);
  auto why = all.ask<lane_explanation>(asking.scheduler(), explain_lane{{{2}, 1}});
  CHECK(why.waiting);
  CHECK(why.obstacle.other == lane_key{{1}, 1});
  CHECK_FALSE(why.obstacle.rule.empty());
  asking.leave({{1}, 1});
  CHECK(asking.in[{{2}, 1}]);
}

TEST_CASE("lanes of snaps that have nothing in common are in at the same time") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  lanes asking{all, {}};
  asking.ask(app_on_base({1}, "hello"));
  asking.ask(app_on_base({2}, "notes"));
  CHECK(asking.in[{{1}, 1}]);
  CHECK(asking.in[{{2}, 1}]);
}

TEST_CASE("a lane that came later doesn't overtake a waiting base that it runs on") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  lanes asking{all, {}};
  asking.ask(app_on_base({1}, "hello"));
  asking.ask(base_itself({2}));
  asking.ask(app_on_base({3}, "notes"));
  CHECK_FALSE(asking.in[{{3}, 1}]);
  asking.leave({{1}, 1});
  CHECK_FALSE(asking.in[{{3}, 1}]);
  asking.leave({{2}, 1});
  CHECK(asking.in[{{3}, 1}]);
}
