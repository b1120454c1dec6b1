#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

constexpr int snap_count = 100;
constexpr int base_count = 4;

/// Draws requests on a hundred snaps, of which some are bases of others.
class request_source {
public:
  request_source(sim::world& on, std::uint64_t seed) : world_{on}, random_{seed} {}

  std::size_t draw(std::size_t below) { return random_() % below; }

  operation_request next() {
    operation_request all;
    auto verb = std::array{"install", "install", "remove", "disable", "enable"}.at(draw(5));
    auto wanted = draw(3) == 0 ? 1 + draw(4) : 1;
    for (std::set<std::size_t> drawn; drawn.size() < wanted;) {
      auto number = draw(snap_count);
      if (!drawn.insert(number).second)
        continue;
      auto name = "s" + std::to_string(number);
      all.snaps.push_back(
          (std::string{verb} == "install" ? install_of(number, name) : operate(verb, name))
              .snaps.front());
      all.snaps.back().force = std::string{verb} == "disable" && draw(2) == 0;
    }
    all.transaction = draw(3) == 0 ? transaction::all_snaps : transaction::per_snap;
    all.on_conflict =
        std::array{conflict_policy::fail, conflict_policy::wait, conflict_policy::replace}.at(draw(3));
    if (all.on_conflict != conflict_policy::fail && draw(2) == 0)
      all.wait_at_most = 1s * draw(20);
    return all;
  }

  std::mt19937_64& random() { return random_; }

private:
  operation_request install_of(std::size_t number, const std::string& name) {
    world_.hook_exit_status[name + "/install"] = draw(5) == 0 ? 1 : 0;
    if (number < base_count)
      return install(world_, name, {"install"}, {}, snap_type::base);
    auto base = number % 2 == 0 ? std::string{} : "s" + std::to_string(number % base_count);
    return install(world_, name, {"install", "configure", "remove"}, base);
  }

  sim::world& world_;
  std::mt19937_64 random_;
};

void check_nothing_is_held(stage& all) {
  CHECK(all.ask<change_list>(all.actors().director(), list_changes{"in-progress", {}}).empty());
  for (const auto& actor : all.ask<actor_list>(all.actors().members().inspector, list_actors{})) {
    CHECK(actor.name.find("change ") == actor.name.npos);
    CHECK(actor.name.find("lane ") == actor.name.npos);
  }
  // It is incompatible with every other lane, so it gets in only where none is left.
  standstill alone{all};
  for (int number = 0; number < snap_count; ++number) {
    auto name = "s" + std::to_string(number);
    try {
      all.start(operate("remove", name));
    } catch (const failure& why) {
      CHECK(why.kind() != failure_kind::change_conflict);
    }
  }
}

/// An abort or a failure that didn't undo exactly what was done would show in what a removal leaves.
void check_nothing_is_left(stage& all, const sim::world& world) {
  operation_request everything;
  for (const auto& state : all.snaps())
    everything.snaps.push_back(operate("remove", state->name).snaps.front());
  if (!everything.snaps.empty())
    CHECK(all.change(all.start(everything))->status == task_status::done);
  CHECK(all.snaps().empty());
  CHECK(sim::snap_files(world).empty());
}

} // namespace

TEST_CASE("a thousand changes with drawn claims, failures and aborts end and hold nothing") {
  auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  sim::world world;
  stage all{journal_database::in_memory(), world};
  request_source source{world, seed};
  change_id newest{};
  for (int number = 1; number <= 1000; ++number) {
    all.system().spawn([&](caf::event_based_actor* self) {
      self->request(all.actors().director(), caf::infinite, start_operation{source.next()})
          .then([&](change_id begun) { newest = std::max(newest, begun); }, [](const caf::error&) {});
    });
    all.run_drawn(source.draw(100), source.random());
    auto recent = change_id{newest.value - source.draw(std::min<std::uint64_t>(newest.value + 1, 4))};
    if (source.draw(4) == 0)
      all.send(abort_change_by_id{recent, {}});
    else if (source.draw(6) == 0)
      all.send(abort_change_by_id{recent, {static_cast<lane_number>(source.draw(3))}});
    all.run_drawn(source.draw(300), source.random());
    if (source.draw(10) == 0)
      all.pass(1s * source.draw(10));
  }
  all.run_drawn(100'000'000, source.random());
  all.pass(60s);
  all.run();
  std::map<task_status, int> ends;
  for (const auto& view : all.ask<change_list>(all.actors().director(), list_changes{"all", {}})) {
    CHECK(view->ready);
    ++ends[view->status];
  }
  CHECK(ends[task_status::done] > 50);
  CHECK(ends[task_status::error] > 20);
  CHECK(ends[task_status::undone] > 5);
  check_nothing_is_held(all);
  check_nothing_is_left(all, world);
}
