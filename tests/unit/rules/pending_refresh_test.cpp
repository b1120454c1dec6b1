#include "planner_support.hpp"
#include "runtime/rules/pending_refresh.hpp"

using namespace troupe;
using namespace troupe::planner_tests;

namespace {

snap_info_ptr with_app(const std::string& version, const std::string& pending_behavior = {}) {
  auto info = std::make_shared<snap_info>(*info_of("hello"));
  info->version = version;
  auto& app = info->apps.emplace_back();
  app.name = "app";
  app.command = "bin/app";
  info->refresh_pending_behavior = pending_behavior;
  return info;
}

/// A planned change, and how far it is.
struct planned {
  change_view view;

  task_record& task(const std::string& kind) {
    return *std::ranges::find(view.record.tasks, kind, &task_record::kind);
  }
  void waits_for_apps(const std::string& kind, task_status status) {
    task(kind).status = status;
    view.waits[task(kind).id] = waits::apps_running{"hello", {{41, "alice", "app", "app", ""}}};
  }
};

/// A snap that is installed, and a refresh of it.
struct refreshed_snap {
  explicit refreshed_snap(const std::string& pending_behavior = {})
      : state{installed("hello", {6}, true, with_app("1.0", pending_behavior))} {
    change.view.record = host_plan{{state}}.plan(from_store("refresh", with_app("2.0"), 7));
  }

  std::vector<pending_refresh> pending() const {
    return pending_refreshes({std::make_shared<const change_view>(change.view)}, {state});
  }
  std::string told() const { return pending_text(pending_for("hello", pending())); }

  snap_state_ptr state;
  planned change;
};

} // namespace

TEST_CASE("a refresh that waits for applications is pending, with what it brings and who runs") {
  refreshed_snap w;
  w.change.waits_for_apps("wait-for-apps", task_status::doing);
  auto all = w.pending();
  REQUIRE(all.size() == 1);
  const auto& one = all.front();
  CHECK(one.snap == "hello");
  CHECK(one.change == change_id{7});
  CHECK(one.from == revision{6});
  CHECK(one.from_version == "1.0");
  CHECK(one.to == revision{7});
  CHECK(one.version == "2.0");
  CHECK(one.channel == "latest/stable");
  CHECK(one.waiting->processes.front().pid == 41);
  CHECK(one.since == time_point{std::chrono::seconds{100}});
  CHECK_FALSE(one.blocks);
  CHECK_FALSE(one.undoes);
  CHECK(w.told() == "pending: inhibited\nchannel: latest/stable\nversion: 2.0\nrevision: 7\n");
}

TEST_CASE("a pending refresh says where its snap lets no application start meanwhile") {
  refreshed_snap w{"block"};
  w.change.waits_for_apps("wait-for-apps", task_status::doing);
  CHECK(w.pending().front().blocks);
}

TEST_CASE("a refresh that nothing keeps waiting is ready, until its revision is current") {
  refreshed_snap w;
  CHECK(w.told() == "pending: ready\nchannel: latest/stable\nversion: 2.0\nrevision: 7\n");
  w.change.task("link-snap").status = task_status::done;
  CHECK(w.told() == "pending: none\n");
  w.change.task("link-snap").status = task_status::hold;
  CHECK(w.pending().empty());
}

TEST_CASE("an ended change and one about other snaps leave nothing pending") {
  refreshed_snap w;
  CHECK(pending_for("other", w.pending()).pending == pending_answer::state::none);
  w.change.view.ready = true;
  CHECK(w.pending().empty());
}

TEST_CASE("an install isn't pending for the snap that it brings") {
  change_view view;
  view.record = host_plan{}.plan(install(with_app("1.0")));
  CHECK(pending_refreshes({std::make_shared<const change_view>(view)}, {}).empty());
}

TEST_CASE("an undo that waits for those who use the new revision is pending the other way round") {
  refreshed_snap w;
  w.change.task("wait-for-apps").status = task_status::undo;
  w.change.task("link-snap").status = task_status::undo;
  w.change.waits_for_apps("allow-apps", task_status::undoing);
  auto all = w.pending();
  REQUIRE(all.size() == 1);
  CHECK(all.front().undoes);
  CHECK(all.front().blocks);
  CHECK(all.front().from == revision{7});
  CHECK(all.front().to == revision{6});
  CHECK(all.front().version == "1.0");
  CHECK_FALSE(all.front().since);
}

TEST_CASE("a pending revert says the revision that it goes back to") {
  auto state = installed("hello", {6, 7}, true, with_app("1.0"));
  change_view view;
  view.record = host_plan{{state}}.plan(request("revert", "hello"));
  auto all = pending_refreshes({std::make_shared<const change_view>(view)}, {state});
  REQUIRE(all.size() == 1);
  CHECK(all.front().from == revision{7});
  CHECK(all.front().to == revision{6});
  CHECK(all.front().version == "1.0");
}

TEST_CASE("a refresh through several revisions is pending once, to the last of them") {
  auto state = installed("hello", {5}, true, with_app("1.0"));
  change_view view;
  view.record = host_plan{{state}}.plan(
      from_store("refresh", with_app("3.0"), 7,
                 {{revision{6}, with_app("2.0"), {"main", "snaps/hello", 10, "cd"}, {}}}));
  auto all = pending_refreshes({std::make_shared<const change_view>(view)}, {state});
  REQUIRE(all.size() == 1);
  CHECK(all.front().from == revision{5});
  CHECK(all.front().to == revision{7});
  CHECK(all.front().version == "3.0");
}
