#include <catch2/catch.hpp>

#include "runtime/rules/lane_summaries.hpp"

using namespace troupe;

namespace {

using names = std::vector<std::string>;

snap_info an_info(snap_type type, const std::string& base = {}) {
  snap_info info;
  info.type = type;
  info.base = base;
  return info;
}

endpoint_info endpoint(const std::string& interface) { return {"name", interface, {}, "{}"}; }

/// A change with a task of this kind in lane 1 for each operation added.
struct sample {
  change_record change;
  std::map<std::string, snap_state_ptr> formers;

  sample() { change.id = {5}; }

  void add(const std::string& snap, const std::optional<snap_info>& now,
           const std::optional<snap_info>& former, const std::string& kind = "run-hook") {
    operation op;
    op.snap = snap;
    op.lane = 1;
    if (now)
      op.info = std::make_shared<snap_info>(*now);
    change.operations.push_back(op);
    task_record task;
    task.kind = kind;
    task.lanes = {1};
    change.tasks.push_back(task);
    auto state = std::make_shared<snap_state>();
    state->name = snap;
    if (former) {
      state->revisions = {{{1}, std::make_shared<snap_info>(*former), {}}};
      state->current = {1};
    }
    formers.emplace(snap, state);
  }

  lane_summary summarise(lane_number lane = 1) const { return summarise_lane(change, lane, formers); }
};

} // namespace

TEST_CASE("an application with plugs only is plain, and what has slots or another type is shared") {
  auto app = an_info(snap_type::app, "core22");
  app.plugs = {endpoint("network"), endpoint("network"), endpoint("home")};
  sample plain;
  plain.add("hello", app, std::nullopt);
  auto lane = plain.summarise();
  CHECK(lane.key == lane_key{{5}, 1});
  CHECK(lane.snaps == names{"hello"});
  CHECK(lane.role == lane_role::plain);
  CHECK(lane.is_known);
  CHECK_FALSE(lane.affects_link);
  CHECK_FALSE(lane.is_system);
  CHECK(lane.bases == names{"core22"});
  CHECK(lane.plug_interfaces == names{"network", "home"});

  app.slots = {endpoint("dbus")};
  sample with_slot;
  with_slot.add("hello", app, std::nullopt);
  CHECK(with_slot.summarise().role == lane_role::shared);
  CHECK(with_slot.summarise().slot_interfaces == names{"dbus"});

  for (auto type :
       {snap_type::base, snap_type::os, snap_type::kernel, snap_type::gadget, snap_type::snapd}) {
    sample other;
    other.add("other", std::nullopt, an_info(type));
    CHECK(other.summarise().role == lane_role::shared);
    CHECK(other.summarise().is_known);
    CHECK(other.summarise().is_system == (type == snap_type::os || type == snap_type::snapd));
    CHECK(other.summarise().bases.empty());
  }
}

TEST_CASE("an application without a base runs on core, and one on none on nothing") {
  sample old;
  old.add("old", an_info(snap_type::app), std::nullopt);
  CHECK(old.summarise().bases == names{"core"});
  sample alone;
  alone.add("alone", an_info(snap_type::app, "none"), std::nullopt);
  CHECK(alone.summarise().bases.empty());
  CHECK(alone.summarise().is_known);
}

TEST_CASE("a change of base counts for both bases, and slots that were there still count") {
  auto former = an_info(snap_type::app, "core20");
  former.slots = {endpoint("dbus")};
  sample refresh;
  refresh.add("hello", an_info(snap_type::app, "core22"), former, "link-snap");
  auto lane = refresh.summarise();
  CHECK(lane.bases == names{"core20", "core22"});
  CHECK(lane.role == lane_role::shared);
  CHECK(lane.affects_link);
}

TEST_CASE("a lane of several snaps is all that one of them is") {
  sample both;
  both.add("a", an_info(snap_type::app, "core22"), std::nullopt);
  both.add("core20", std::nullopt, an_info(snap_type::base), "unlink-snap");
  auto lane = both.summarise();
  CHECK(lane.snaps == names{"a", "core20"});
  CHECK(lane.role == lane_role::shared);
  CHECK(lane.affects_link);
  CHECK(lane.is_known);
  both.add("mystery", std::nullopt, std::nullopt);
  CHECK_FALSE(both.summarise().is_known);
}

TEST_CASE("a lane is unknown, and so shared, where it has no snap or one of which nothing is known") {
  sample unknown;
  unknown.add("mystery", std::nullopt, std::nullopt);
  CHECK(unknown.summarise().role == lane_role::shared);
  CHECK_FALSE(unknown.summarise().is_known);
  unknown.formers.clear();
  CHECK_FALSE(unknown.summarise().is_known);

  sample none;
  none.add("a", an_info(snap_type::app), std::nullopt);
  CHECK(none.summarise(0).role == lane_role::shared);
  CHECK_FALSE(none.summarise(0).is_known);
  CHECK(none.summarise(0).snaps.empty());
  CHECK_FALSE(none.summarise(0).affects_link);
}

TEST_CASE("a task in no lane belongs to lane 0") {
  sample own;
  own.change.tasks.emplace_back();
  own.change.tasks.back().kind = "setup-profiles";
  CHECK(own.summarise(0).affects_link);
  CHECK_FALSE(own.summarise(1).affects_link);
}

namespace {

change_record with_tasks(const std::vector<std::pair<std::string, task_status>>& tasks) {
  change_record change;
  for (const auto& [kind, status] : tasks) {
    task_record task;
    task.kind = kind;
    task.status = status;
    task.lanes = {1};
    if (status != task_status::undoing)
      task.ready_at = time_point{std::chrono::seconds{1}};
    change.tasks.push_back(task);
  }
  return change;
}

} // namespace

TEST_CASE("a lane that was undone before it was ever let in needs no admission for that") {
  auto was_in = [](const auto& tasks) { return was_ever_in(with_tasks(tasks), 1); };
  using tasks = std::vector<std::pair<std::string, task_status>>;
  using enum task_status;
  CHECK_FALSE(was_in(tasks{{"mount-snap", done}, {"link-snap", do_}}));
  CHECK_FALSE(was_in(tasks{{"mount-snap", undo}, {"link-snap", hold}}));
  CHECK(was_in(tasks{{"mount-snap", done}, {"link-snap", done}}));
  CHECK(was_in(tasks{{"mount-snap", undo}, {"link-snap", undo}}));
  CHECK(was_in(tasks{{"link-snap", undo}, {"run-hook", error}, {"run-hook", hold}}));
}

TEST_CASE("a lane was in progress if a critical task of it had begun and not all of it is ready") {
  auto progress = [](const std::vector<std::pair<std::string, task_status>>& tasks) {
    return progress_of(with_tasks(tasks), 1);
  };
  using enum task_status;
  CHECK(progress({{"mount-snap", done}, {"link-snap", do_}}) == lane_progress::pending);
  CHECK(progress({{"mount-snap", undoing}, {"link-snap", hold}}) == lane_progress::pending);
  CHECK(progress({{"mount-snap", done}, {"link-snap", doing}}) == lane_progress::in_progress);
  CHECK(progress({{"link-snap", done}, {"run-hook", do_}}) == lane_progress::in_progress);
  CHECK(progress({{"mount-snap", undo}, {"link-snap", undone}}) == lane_progress::in_progress);
  CHECK(progress({{"mount-snap", undone}, {"link-snap", undone}}) == lane_progress::pending);
  CHECK(progress({{"link-snap", done}, {"run-hook", done}}) == lane_progress::pending);
  CHECK(progress({{"link-snap", undo}, {"run-hook", undo}}) == lane_progress::pending);
  CHECK(progress({{"link-snap", undo}, {"run-hook", undoing}}) == lane_progress::in_progress);
  CHECK(progress({{"link-snap", undoing}, {"run-hook", hold}}) == lane_progress::in_progress);
  CHECK(progress({{"link-snap", undo}, {"setup-aliases", undone}}) == lane_progress::perhaps);
}
