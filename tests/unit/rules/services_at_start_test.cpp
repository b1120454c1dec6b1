#include "runtime/rules/services_at_start.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using status = task_status;

/// A journal with one snap of two services, of which one is disabled, and one change of these tasks.
journal_contents journal(const std::vector<std::pair<std::string, status>>& tasks, bool active = true) {
  auto info = std::make_shared<snap_info>();
  info->name = "hello";
  for (const auto* name : {"off", "web"}) {
    auto& app = info->apps.emplace_back();
    app.name = name;
    app.daemon = "simple";
  }
  auto state = std::make_shared<snap_state>();
  state->name = "hello";
  state->revisions.push_back({revision{-1}, info, {}});
  state->current = revision{-1};
  state->active = active;
  state->disabled_services = {"off"};
  journal_contents contents;
  contents.snaps = {state};
  auto& change = contents.changes.emplace_back();
  change.operations.emplace_back().snap = "hello";
  for (const auto& [kind, status] : tasks) {
    auto& task = change.tasks.emplace_back();
    task.kind = kind;
    task.status = status;
    task.operation = 0;
  }
  return contents;
}

enum class when { now, later, not_at_all };

when starts(const journal_contents& contents, const std::set<std::string>& vacated = {}) {
  auto all = services_at_start(contents, vacated);
  CHECK(all.now.size() + all.later.size() <= 1);
  for (const auto& part : {all.now, all.later})
    for (const auto& command : part) {
      CHECK(command.snap == "hello");
      CHECK(command.rev == revision{-1});
      CHECK(command.apps == std::vector<std::string>{"web"});
    }
  return !all.now.empty() ? when::now : !all.later.empty() ? when::later : when::not_at_all;
}

const std::string stop = "stop-snap-services";
const std::string start = "start-snap-services";

} // namespace

TEST_CASE("services of active snaps start with the daemon, but not those that are disabled") {
  CHECK(starts(journal({})) == when::now);
  auto disabled = journal({}, false);
  disabled.changes.clear();
  CHECK(starts(disabled) == when::not_at_all);
}

TEST_CASE("services of a snap that isn't active amid a change wait for its end") {
  CHECK(starts(journal({{stop, status::done}, {start, status::do_}}, false)) == when::later);
}

TEST_CASE("services of a snap that an unready change is about to replace start at that change's end") {
  const auto contents = journal({{stop, status::do_}, {start, status::do_}});
  CHECK(starts(contents, {"hello"}) == when::later);
  CHECK(starts(contents, {"other"}) == when::now);
  auto ended = contents;
  ended.changes[0].ready_at = time_point{std::chrono::seconds{1}};
  CHECK(starts(ended, {"hello"}) == when::now);
}

TEST_CASE("services that a change has stopped are left to that change") {
  CHECK(starts(journal({{stop, status::do_}, {start, status::do_}})) == when::now);
  CHECK(starts(journal({{stop, status::doing}, {start, status::do_}})) == when::now);
  CHECK(starts(journal({{stop, status::done}, {start, status::do_}})) == when::later);
  CHECK(starts(journal({{stop, status::done}, {start, status::doing}})) == when::later);
  CHECK(starts(journal({{stop, status::done}, {start, status::done}})) == when::now);
  CHECK(starts(journal({{stop, status::undo}, {start, status::undone}})) == when::later);
  CHECK(starts(journal({{stop, status::undoing}, {start, status::hold}})) == when::later);
  CHECK(starts(journal({{stop, status::undone}, {start, status::hold}})) == when::now);
  CHECK(
      starts(journal(
          {{stop, status::done}, {start, status::done}, {stop, status::done}, {start, status::do_}})) ==
      when::later);
}

TEST_CASE("services that an install is about to start are left to it") {
  CHECK(starts(journal({{start, status::do_}})) == when::later);
  CHECK(starts(journal({{start, status::doing}})) == when::later);
  CHECK(starts(journal({{start, status::done}})) == when::now);
  CHECK(starts(journal({{start, status::undone}})) == when::later);
}

TEST_CASE(
    "services that endured a switch of revisions wait for the end of the change that may undo it") {
  auto contents = journal({{stop, status::done}, {start, status::done}});
  auto& op = contents.changes[0].operations[0];
  op.from = revision{-7};
  CHECK(starts(contents) == when::now);
  auto info = *contents.snaps[0]->revisions[0].info;
  info.apps[1].refresh_mode = "endure";
  auto state = *contents.snaps[0];
  state.revisions[0].info = std::make_shared<snap_info>(info);
  contents.snaps[0] = std::make_shared<snap_state>(state);
  CHECK(starts(contents) == when::later);
  op.from = revision{-1};
  CHECK(starts(contents) == when::now);
}

TEST_CASE("a change that is ready, or about another snap, stops nothing") {
  auto contents = journal({{stop, status::done}});
  contents.changes[0].ready_at = time_point{std::chrono::seconds{1}};
  CHECK(starts(contents) == when::now);
  contents.changes[0].ready_at = {};
  contents.changes[0].operations[0].snap = "other";
  CHECK(starts(contents) == when::now);
}
