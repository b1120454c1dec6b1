#include <catch2/catch.hpp>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/rules/why.hpp"

using namespace troupe;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const time_point start{std::chrono::seconds{1'700'000'000}};
const time_point now = start + 90s;

/// A change with a lane for each of its snaps, and tasks that are in Do until they are given a reason.
class made_change {
public:
  made_change(std::uint64_t id, const std::vector<std::string>& snaps) {
    view_.record.id = {id};
    view_.record.kind = "install-snap";
    view_.record.summary = "Install something";
    view_.record.spawned_at = start;
    for (const auto& snap : snaps) {
      operation op;
      op.verb = "install";
      op.snap = snap;
      op.lane = static_cast<lane_number>(view_.record.operations.size() + 1);
      view_.record.operations.push_back(op);
    }
  }

  made_change& task(std::uint64_t id, lane_number lane, const wait_reason& reason,
                    task_status status = task_status::do_, const std::string& kind = "work") {
    task_record task;
    task.id = {id};
    task.kind = kind;
    task.summary = "Do work " + std::to_string(id);
    task.status = status;
    task.operation = static_cast<std::int32_t>(lane) - 1;
    task.spawned_at = start;
    if (lane > 0)
      task.lanes = {lane};
    view_.record.tasks.push_back(task);
    if (!is_ready(status))
      view_.waits.emplace(task.id, reason);
    return *this;
  }

  made_change& done(std::uint64_t id, lane_number lane) {
    return task(id, lane, waits::runnable{}, task_status::done);
  }

  made_change& ready(task_status status) {
    view_.ready = true;
    view_.status = status;
    return *this;
  }

  change_view_ptr view() const { return std::make_shared<const change_view>(view_); }

private:
  change_view view_;
};

explanation why(const std::vector<made_change>& changes, const why_question& question) {
  std::vector<change_view_ptr> views;
  for (const auto& change : changes)
    views.push_back(change.view());
  return explain_wait(views, question, now);
}

std::vector<std::uint64_t> tasks_of(const std::vector<why_link>& links) {
  std::vector<std::uint64_t> result;
  for (const auto& link : links)
    result.push_back(link.task->id.value);
  return result;
}

using ids = std::vector<std::uint64_t>;

const waits::running running{now - 12s};

} // namespace

TEST_CASE("a running task is the root cause of those that wait for it") {
  auto changes = std::vector{made_change{5, {"hello"}}
                                 .done(10, 1)
                                 .task(11, 1, running, task_status::doing)
                                 .task(12, 1, waits::predecessor{{11}})
                                 .task(13, 1, waits::predecessor{{12}})};
  auto answer = why(changes, task_id{13});
  CHECK(answer.subject == "task 13");
  CHECK(tasks_of(answer.chain) == ids{13, 12, 11});
  CHECK(answer.chain.front().text == "task 12 comes first");
  CHECK(answer.chain.front().snap == "hello");
  CHECK(answer.chain.front().doing == "install hello");
  CHECK(answer.chain.front().lane == lane_key{{5}, 1});
  CHECK(answer.chain.front().since == start);
  CHECK(answer.chain.back().since == running.since);
  CHECK(answer.cause == "running");
  CHECK(answer.root == "task 11 (Do work 11) of change 5 has been running for 12s");
  CHECK_THAT(answer.ends_when, Contains("troupe watch 5") && Contains("troupe abort 5"));
}

TEST_CASE("a change is explained from the first task that waits for none before it") {
  auto changes = std::vector{made_change{5, {"a", "b", "c"}}
                                 .task(10, 1, waits::predecessor{{11}}, task_status::undo)
                                 .task(11, 1, waits::restart{}, task_status::wait)
                                 .task(20, 2, running, task_status::doing)
                                 .task(21, 2, waits::predecessor{{20}})
                                 .task(30, 3, waits::retry{now + 5s, "no network"}, task_status::doing)};
  auto answer = why(changes, change_id{5});
  CHECK(answer.subject == "change 5");
  CHECK(tasks_of(answer.chain) == ids{11});
  CHECK(tasks_of(answer.also) == ids{20, 30});
  CHECK(answer.cause == "restart");
}

TEST_CASE("each way to wait that nothing else stands behind is a root cause that says what ends it") {
  struct root {
    wait_reason reason;
    std::string cause;
    std::string text;
    std::string ends_when;
  };
  for (const auto& [reason, cause, text, ends_when] : std::vector<root>{
           {running, "running", "has been running for 12s", "troupe watch 5"},
           {waits::apps_running{"hello", {{12, "alice", "vi", "ed", ""}, {34, "bob", "vi", "ed", ""}}},
            "apps_running", "snap \"hello\" has running apps (ed), pids: 12,34",
            "12 (vi, user alice), 34 (vi, user bob)"},
           {waits::hold{"the refresher", start}, "hold",
            "the refresher holds it until 2023-11-14T22:13:20.000000Z",
            "the hold ends, at 2023-11-14T22:13:20.000000Z"},
           {waits::retry{start, "no network"}, "retry", "because: no network",
            "at 2023-11-14T22:13:20.000000Z"},
           {waits::slot{"hooks"}, "slot", "all performers of hooks are busy", "ends"},
           {waits::restart{}, "restart", "until somebody resolves it", "a restart of the host"},
           {waits::runnable{}, "runnable", "nothing: task 10 (Do work 10) of change 5 can run",
            "troupe why 5 --json"},
       }) {
    INFO(cause);
    auto answer = why({made_change{5, {"hello"}}.task(10, 1, reason)}, change_id{5});
    CHECK(tasks_of(answer.chain) == ids{10});
    CHECK(answer.cause == cause);
    CHECK_THAT(answer.root, Contains(text));
    CHECK_THAT(answer.ends_when, Contains(ends_when));
    CHECK(answer.loop.empty());
  }
}

TEST_CASE("who waits for a claim waits for what the owner does to that snap") {
  auto owner = made_change{5, {"other", "hello"}}
                   .task(10, 1, waits::restart{}, task_status::wait)
                   .task(20, 2, running, task_status::doing)
                   .task(21, 2, waits::predecessor{{20}});
  auto waiting = made_change{7, {"hello"}}.task(30, 0, waits::claim{"hello", {5}}, task_status::doing,
                                                "claim-snaps");
  auto answer = why({owner, waiting}, change_id{7});
  CHECK(tasks_of(answer.chain) == ids{30, 20});
  CHECK(answer.chain.front().text == "change 5 owns snap \"hello\"");
  CHECK(answer.chain.front().snap.empty());
  CHECK(answer.cause == "running");
  CHECK_THAT(answer.ends_when, Contains("troupe abort 5"));
}

TEST_CASE("a snap stays owned while another lane of its owner isn't ready") {
  auto owner = made_change{5, {"other", "hello"}}
                   .task(10, 1, running, task_status::doing)
                   .task(11, 1, waits::predecessor{{10}})
                   .done(20, 2);
  auto waiting = made_change{7, {"hello"}}.task(30, 0, waits::claim{"hello", {5}});
  CHECK(tasks_of(why({owner, waiting}, change_id{7}).chain) == ids{30, 10});
  CHECK(tasks_of(why({owner, waiting}, std::string{"hello"}).chain) == ids{10});
}

TEST_CASE("who came first for a snap isn't called its owner while it waits itself") {
  auto owner = made_change{5, {"a"}}.task(10, 1, running, task_status::doing);
  auto first =
      made_change{6, {"a", "b"}}.task(20, 0, waits::claim{"a", {5}}, task_status::doing, "claim-snaps");
  auto second =
      made_change{7, {"b"}}.task(30, 0, waits::claim{"b", {6}}, task_status::doing, "claim-snaps");
  auto answer = why({owner, first, second}, std::string{"b"});
  CHECK(tasks_of(answer.chain) == ids{20, 10});
  answer = why({owner, first, second}, change_id{7});
  CHECK(tasks_of(answer.chain) == ids{30, 20, 10});
  CHECK(answer.chain.front().text == "change 6 wants snap \"b\" too and came first");
}

TEST_CASE("who waits for admission waits for what the other lane does, and the rule is named") {
  auto base =
      made_change{5, {"core22"}}.task(10, 1, waits::admission{{{6}, 2}, "one is the base of the other"});
  auto apps = made_change{6, {"other", "hello"}}
                  .task(20, 1, waits::restart{}, task_status::wait)
                  .task(21, 2, running, task_status::doing)
                  .task(22, 2, waits::predecessor{{21}});
  auto answer = why({base, apps}, std::string{"core22"});
  CHECK(tasks_of(answer.chain) == ids{10, 21});
  CHECK(answer.chain.front().text == "lane 2 of change 6 keeps it out: one is the base of the other");
  CHECK(answer.chain.back().doing == "install hello");
  CHECK(answer.cause == "running");
}

TEST_CASE("who waits for a prerequisite waits for what its lane does") {
  auto app = made_change{5, {"hello"}}.task(10, 1, waits::prerequisite{{{6}, 1}});
  auto base = made_change{6, {"core22"}}.task(20, 1, waits::slot{"effects"}, task_status::doing);
  auto answer = why({app, base}, change_id{5});
  CHECK(tasks_of(answer.chain) == ids{10, 20});
  CHECK(answer.chain.front().text == "lane 1 of change 6 makes what it needs");
  CHECK(answer.cause == "slot");
}

TEST_CASE("of several tasks of another lane the one nearest to running is followed") {
  auto waiting = made_change{5, {"a"}}.task(10, 1, waits::admission{{{6}, 1}, "they are connected"});
  auto other = made_change{6, {"b"}}
                   .task(20, 1, waits::predecessor{{21}})
                   .task(21, 1, waits::retry{now + 1s, ""}, task_status::doing)
                   .task(22, 1, running, task_status::doing);
  CHECK(tasks_of(why({waiting, other}, change_id{5}).chain) == ids{10, 22});
}

TEST_CASE("a lane whose tasks all wait for another lane is followed into that one") {
  auto waiting = made_change{5, {"a"}}.task(10, 1, waits::admission{{{6}, 2}, "they are connected"});
  auto other = made_change{6, {"b", "c"}}
                   .task(20, 1, running, task_status::doing)
                   .task(21, 2, waits::predecessor{{20}});
  CHECK(tasks_of(why({waiting, other}, change_id{5}).chain) == ids{10, 21, 20});
}

TEST_CASE("a chain goes on through as many changes as there are") {
  auto third =
      made_change{7, {"a"}}.task(30, 0, waits::claim{"a", {6}}, task_status::doing, "claim-snaps");
  auto second = made_change{6, {"a"}}
                    .task(20, 1, waits::predecessor{{21}}, task_status::undo)
                    .task(21, 1, waits::admission{{{5}, 1}, "they share an interface"});
  auto first = made_change{5, {"b"}}
                   .task(10, 1, waits::apps_running{"b", {{99, {}, {}, {}, {}}}}, task_status::doing)
                   .task(11, 1, waits::predecessor{{10}});
  auto answer = why({first, second, third}, change_id{7});
  CHECK(tasks_of(answer.chain) == ids{30, 21, 10});
  CHECK(answer.cause == "apps_running");
  CHECK_THAT(answer.ends_when, Contains("99") && Contains("troupe abort 5"));
}

TEST_CASE("a loop through two changes is shown as a loop, without what leads into it") {
  auto outside = made_change{4, {"c"}}.task(1, 1, waits::admission{{{5}, 1}, "they are connected"});
  auto one = made_change{5, {"a"}}.task(10, 1, waits::admission{{{6}, 1}, "they are connected"});
  auto other = made_change{6, {"b"}}.task(20, 1, waits::admission{{{5}, 1}, "they are connected"});
  auto answer = why({outside, one, other}, change_id{4});
  CHECK(tasks_of(answer.chain) == ids{1, 10, 20});
  CHECK(answer.loop == std::vector<task_id>{{10}, {20}});
  CHECK(answer.cause == "loop");
  CHECK_THAT(answer.root, Contains("10, 20, and again 10"));
  CHECK_THAT(answer.ends_when, Contains("troupe abort 5"));
}

TEST_CASE("a change in which every task waits for another is shown as a loop") {
  auto change =
      made_change{5, {"a"}}.task(10, 1, waits::predecessor{{11}}).task(11, 1, waits::predecessor{{10}});
  auto answer = why({change}, change_id{5});
  CHECK(answer.loop == std::vector<task_id>{{10}, {11}});
  CHECK(answer.cause == "loop");
}

TEST_CASE("what is ready waits for nothing") {
  auto changes = std::vector{made_change{5, {"hello"}}.done(10, 1).ready(task_status::done),
                             made_change{6, {"other"}}
                                 .task(20, 1, waits::runnable{}, task_status::error)
                                 .ready(task_status::error)};
  auto answer = why(changes, change_id{5});
  CHECK(answer.chain.empty());
  CHECK(answer.cause == "ready");
  CHECK_THAT(answer.root, Contains("change 5 is ready: Done"));
  CHECK(answer.ends_when == "there is nothing to wait for");
  CHECK_THAT(why(changes, change_id{6}).root, Contains("change 6 is ready: Error"));
  CHECK_THAT(why(changes, task_id{20}).root, Contains("task 20 (Do work 20) of change 6 is ready"));
  CHECK(why(changes, std::string{"hello"}).root == "nothing is under way for snap \"hello\"");
}

TEST_CASE("what nothing is under way for waits for nothing") {
  auto answer = why({}, std::string{"hello"});
  CHECK(answer.cause == "ready");
  CHECK(answer.root == "nothing is under way for snap \"hello\"");
}

TEST_CASE("unknown changes and tasks are refused as not found") {
  auto changes = std::vector{made_change{5, {"hello"}}.done(10, 1)};
  auto refusal = [&](const why_question& question) {
    try {
      why(changes, question);
    } catch (const failure& what) {
      CHECK(what.kind() == failure_kind::not_found);
      return std::string{what.what()};
    }
    return std::string{};
  };
  CHECK(refusal(change_id{10}) == "cannot find change with id \"10\"");
  CHECK(refusal(task_id{5}) == "cannot find task with id \"5\"");
}

TEST_CASE("what has ended between two looks ends the chain") {
  auto claim = made_change{5, {"a"}}.task(10, 0, waits::claim{"a", {4}});
  auto admission = made_change{6, {"b"}}.task(20, 1, waits::admission{{{7}, 2}, "they are connected"});
  auto after_one_gone = made_change{8, {"d"}}.task(30, 1, waits::predecessor{{29}});
  auto closing = made_change{9, {"e"}}.done(40, 1);
  auto changes =
      std::vector{claim, admission, made_change{7, {"c", "e"}}.task(22, 1, running).done(23, 2),
                  after_one_gone, closing};
  CHECK(why(changes, change_id{5}).cause == "gone");
  CHECK_THAT(why(changes, change_id{5}).root, Contains("change 4 has just ended"));
  CHECK_THAT(why(changes, change_id{6}).root, Contains("lane 2 of change 7 has just become ready"));
  CHECK(why(changes, change_id{8}).cause == "gone");
  CHECK_THAT(why(changes, change_id{9}).ends_when, Contains("it ends at once"));
}

TEST_CASE("a running task that is undone or told to stop is shown as that") {
  auto undone = made_change{5, {"a"}}.task(10, 1, running, task_status::undoing);
  auto stopped = made_change{6, {"b"}}.task(20, 1, running, task_status::abort);
  CHECK_THAT(why({undone}, change_id{5}).root, Contains("its undo has been running for 12s"));
  CHECK_THAT(why({stopped}, change_id{6}).chain.at(0).text, Contains("told to stop"));
}

TEST_CASE("a chain of ten thousand tasks is followed to its end") {
  made_change change{5, {"a"}};
  change.task(1, 1, running, task_status::doing);
  for (std::uint64_t id = 2; id <= 10'000; ++id)
    change.task(id, 1, waits::predecessor{{id - 1}});
  auto answer = why({change}, task_id{10'000});
  CHECK(answer.chain.size() == 10'000);
  CHECK(answer.cause == "running");
}
