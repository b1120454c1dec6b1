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

bool starts(const journal_contents& contents, const std::set<std::string>& inhibited = {}) {
  auto all = services_at_start(contents, inhibited);
  if (all.empty())
    return false;
  CHECK(all.size() == 1);
  CHECK(all[0].snap == "hello");
  CHECK(all[0].rev == revision{-1});
  CHECK(all[0].apps == std::vector<std::string>{"web"});
  return true;
}

const std::string stop = "stop-snap-services";
const std::string start = "start-snap-services";

} // namespace

TEST_CASE("services of active snaps start with the daemon, but neither disabled nor inhibited ones") {
  CHECK(starts(journal({})));
  CHECK_FALSE(starts(journal({}, false)));
  CHECK_FALSE(starts(journal({}), {"hello"}));
  CHECK(starts(journal({}), {"other"}));
}

TEST_CASE("services that a change has stopped are left to that change") {
  CHECK(starts(journal({{stop, status::do_}, {start, status::do_}})));
  CHECK(starts(journal({{stop, status::doing}, {start, status::do_}})));
  CHECK_FALSE(starts(journal({{stop, status::done}, {start, status::do_}})));
  CHECK_FALSE(starts(journal({{stop, status::done}, {start, status::doing}})));
  CHECK(starts(journal({{stop, status::done}, {start, status::done}})));
  CHECK_FALSE(starts(journal({{stop, status::undo}, {start, status::undone}})));
  CHECK_FALSE(starts(journal({{stop, status::undoing}, {start, status::hold}})));
  CHECK(starts(journal({{stop, status::undone}, {start, status::hold}})));
  CHECK_FALSE(starts(journal(
      {{stop, status::done}, {start, status::done}, {stop, status::done}, {start, status::do_}})));
}

TEST_CASE("services that an install is about to start are left to it") {
  CHECK_FALSE(starts(journal({{start, status::do_}})));
  CHECK_FALSE(starts(journal({{start, status::doing}})));
  CHECK(starts(journal({{start, status::done}})));
  CHECK_FALSE(starts(journal({{start, status::undone}})));
}

TEST_CASE("a change that is ready, or about another snap, stops nothing") {
  auto contents = journal({{stop, status::done}});
  contents.changes[0].ready_at = time_point{std::chrono::seconds{1}};
  CHECK(starts(contents));
  contents.changes[0].ready_at = {};
  contents.changes[0].operations[0].snap = "other";
  CHECK(starts(contents));
}
