#include "runtime/rules/held_up.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using status = task_status;

/// A refresh with its wait and the end of that in these states.
change_record refresh(status wait, status allow) {
  change_record change;
  auto& op = change.operations.emplace_back();
  op.snap = "hello";
  op.lane = 1;
  for (const auto& [kind, is] : {std::pair{"wait-for-apps", wait}, {"allow-apps", allow}}) {
    auto& task = change.tasks.emplace_back();
    task.kind = kind;
    task.status = is;
    task.operation = 0;
    task.lanes = {1};
  }
  return change;
}

held_up by(const change_record& change) { return held_up_by(change.tasks, change.tasks[0]); }

} // namespace

TEST_CASE("applications and shutdowns wait from the end of the wait until applications are allowed") {
  CHECK(by(refresh(status::do_, status::do_)) == held_up::nothing);
  CHECK(by(refresh(status::doing, status::do_)) == held_up::applications);
  CHECK(by(refresh(status::done, status::do_)) == held_up::applications_and_shutdown);
  CHECK(by(refresh(status::done, status::doing)) == held_up::applications_and_shutdown);
  CHECK(by(refresh(status::done, status::done)) == held_up::nothing);
}

TEST_CASE("an undone refresh holds up until its wait is undone, shutdowns only once nothing runs") {
  CHECK(by(refresh(status::undo, status::undo)) == held_up::applications);
  CHECK(by(refresh(status::undo, status::undoing)) == held_up::applications);
  CHECK(by(refresh(status::undo, status::undone)) == held_up::applications_and_shutdown);
  CHECK(by(refresh(status::undoing, status::hold)) == held_up::applications_and_shutdown);
  CHECK(by(refresh(status::undone, status::undone)) == held_up::nothing);
}

TEST_CASE("an undo that has failed for good is what holds up a snap of an ended change") {
  CHECK(held_up_in(refresh(status::done, status::done), 1).empty());
  CHECK(held_up_in(refresh(status::undone, status::hold), 1).empty());
  const auto broken = refresh(status::done, status::hold);
  CHECK(held_up_in(broken, 1) == std::vector<std::string>{"hello"});
  CHECK(held_up_in(broken, 2).empty());
}
