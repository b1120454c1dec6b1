#include "runtime/rules/waiting.hpp"

#include <catch2/catch.hpp>

#include "runtime/limits.hpp"
#include "task_graph_support.hpp"

using namespace troupe;
using namespace troupe::graph_tests;

namespace {

constexpr auto do_ = task_status::do_;
constexpr auto doing = task_status::doing;
constexpr auto done = task_status::done;

/// Whether a lane of three tasks can make way when these wait for applications.
bool makes_way(const std::vector<task_status>& statuses, const std::set<std::uint64_t>& waiting) {
  std::vector<graph_task> tasks;
  for (auto status : statuses)
    tasks.push_back(task(tasks.size() + 1, {}, {1}, status));
  return can_make_way(task_graph{tasks}, 1, [&](task_id id) { return waiting.contains(id.value); });
}

} // namespace

TEST_CASE("a lane makes way while it waits for applications and has begun nothing else") {
  CHECK(makes_way({done, doing, do_}, {2}));
  CHECK(makes_way({doing, do_, do_}, {1}));
  CHECK_FALSE(makes_way({done, doing, do_}, {}));
  CHECK_FALSE(makes_way({doing, doing, do_}, {2}));
  CHECK_FALSE(makes_way({task_status::undoing, doing, do_}, {2}));
  CHECK_FALSE(makes_way({task_status::hold, task_status::abort, task_status::hold}, {2}));
  CHECK_FALSE(makes_way({done, done, do_}, {}));
}

TEST_CASE("only an undo and what can't be undone are tried again, and not for ever") {
  CHECK_FALSE(is_tried_again(false, false, 1));
  for (auto [undo, irreversible] : {std::pair{true, false}, {false, true}, {true, true}}) {
    CHECK(is_tried_again(undo, irreversible, 1));
    CHECK(is_tried_again(undo, irreversible, limits::undo_tries - 1));
    CHECK_FALSE(is_tried_again(undo, irreversible, limits::undo_tries));
  }
}

TEST_CASE("a wait that somebody wished for may last for days") {
  CHECK(waits_by_wish(waits::apps_running{}));
  CHECK(waits_by_wish(waits::hold{}));
  CHECK(waits_by_wish(waits::claim{}));
  CHECK(waits_by_wish(waits::restart{}));
  CHECK_FALSE(waits_by_wish(waits::runnable{}));
  CHECK_FALSE(waits_by_wish(waits::retry{}));
  CHECK_FALSE(waits_by_wish(waits::admission{}));
}
