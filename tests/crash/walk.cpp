#include "tests/crash/walk.hpp"

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "messages/failure.hpp"

namespace troupe::crash {

namespace {

/// So many points may use one root; the list of changes that a daemon keeps grows meanwhile.
constexpr int points_a_world = 40;

/// How a plan goes unharmed.
struct reference {
  struct stage {
    digest root;
    installed_snaps snaps;
  };
  std::vector<stage> stages; ///< Before the first step and after each.
  std::vector<std::string> statuses;
  std::map<std::string, std::uint64_t> calls; ///< By the sort of points.
};

/// Whether carry_out knows what it comes to: of refreshes, reverts, services and snapshots only the
/// unharmed run tells.
bool has_model(const wish& what) {
  auto is_special = [](const std::string& snap) {
    return snap.find('@') != snap.npos || has_services(snap);
  };
  return (what.action == "install" || what.action == "remove" || what.action == "disable" ||
          what.action == "enable") &&
         std::ranges::none_of(what.snaps, is_special);
}

reference measure(snap_shelf& shelf, const plan& what, const std::vector<sort_of_points>& points) {
  crash_world world{shelf};
  world.fulfil(what.before);
  reference usual;
  for (const auto& each : points)
    usual.calls[each.name] = world.points.calls(each.kinds);
  auto client = world.daemon.client();
  auto last = last_change(world);
  usual.stages.push_back({world.now(), world.installed()});
  for (const auto& step : what.steps) {
    if (step.amid_apps)
      world.launch(step.snaps);
    const auto id = world.ask(client, step);
    if (auto wrong = world.end_launched(client, id); !wrong.empty())
      throw failure{"cannot use plan \"" + what.name + "\": unharmed, " + wrong.front()};
    usual.statuses.push_back(world.wait_for(client, id).status);
    if (std::ranges::all_of(what.before, has_model) && std::ranges::all_of(what.steps, has_model)) {
      installed_snaps expected = usual.stages.front().snaps;
      carry_out(changes_after(world, last), expected);
      if (auto wrong = world.compare(expected); !wrong.empty())
        throw failure{"cannot use plan \"" + what.name + "\": unharmed it leaves " + wrong.front()};
    }
    usual.stages.push_back({world.now(), world.installed()});
  }
  for (const auto& each : points)
    usual.calls[each.name] = world.points.calls(each.kinds) - usual.calls[each.name];
  return usual;
}

struct outcome {
  std::string call; ///< Empty: the plan had ended before.
  faults wrong;
  std::chrono::microseconds recovery{};
};

/// One plan run once on a world where nothing is installed.
class attempt {
public:
  attempt(crash_world& world, const plan& what, const reference& usual)
      : world_{world}, plan_{what}, usual_{usual} {}

  outcome disturb(const disturbance& how, const crash_point& point) {
    world_.fulfil(plan_.before);
    last_ = last_change(world_);
    world_.points.arm(point);
    perform();
    outcome result;
    result.call = world_.points.disarm();
    if (how.action == crash_fail)
      after_error(result);
    else
      after_kill(result);
    result.wrong.insert(result.wrong.end(), across_.begin(), across_.end());
    if (result.wrong.empty())
      result.wrong = world_.remove_all();
    return result;
  }

private:
  /// Until a step fails or the daemon has died.
  void perform() {
    auto client = world_.daemon.client();
    try {
      for (const auto& step : plan_.steps) {
        if (step.amid_apps)
          world_.launch(step.snaps);
        told_.push_back({world_.ask(client, step), {}, {}, {}, false, {}});
        for (auto& wrong : world_.end_launched(client, told_.back().id))
          across_.push_back(std::move(wrong));
        told_.back().status = world_.wait_for(client, told_.back().id).status;
        if (told_.back().status != usual_.statuses.at(told_.size() - 1))
          return;
      }
    } catch (const api_error& refusal) {
      refusal_ = refusal.what();
    } catch (const failure&) {
      // The daemon has died.
    }
  }

  void after_kill(outcome& result) {
    if (!refusal_.empty())
      result.wrong.push_back("refused: " + refusal_);
    if (!result.call.empty()) {
      auto stuck = world_.recover();
      result.recovery = world_.recovery();
      result.wrong.insert(result.wrong.end(), stuck.begin(), stuck.end());
    }
    if (result.wrong.empty())
      result.wrong = check(false);
  }

  void after_error(outcome& result) {
    if (world_.daemon.has_ended()) {
      result.wrong.push_back("the daemon died of a call that failed: " + result.call);
      return;
    }
    if (!refusal_.empty() && !refusal_.starts_with("cannot "))
      result.wrong.push_back("refused without a plain reason: " + refusal_);
    auto stuck = world_.wait_for_all();
    result.wrong.insert(result.wrong.end(), stuck.begin(), stuck.end());
    if (result.wrong.empty())
      result.wrong = check(true);
    if (!result.wrong.empty() || result.call.empty())
      return;
    if (world_.daemon.stop() != 0)
      result.wrong.emplace_back("the daemon doesn't stop properly");
    stuck = world_.recover();
    result.recovery = world_.recovery();
    result.wrong.insert(result.wrong.end(), stuck.begin(), stuck.end());
    if (result.wrong.empty())
      result.wrong = check(true);
    for (auto& wrong : result.wrong)
      wrong = "after the next start: " + wrong;
  }

  /// Each change that is there has done what it does unharmed, or, where it may be undone, nothing.
  faults check(bool may_be_undone) {
    auto are = changes_after(world_, last_);
    auto wrong = lost(told_, are);
    if (are.size() > plan_.steps.size())
      wrong.push_back("there is a change that nobody asked for: " + are.back().text);
    if (!wrong.empty())
      return wrong;
    std::size_t stage = 0;
    for (; stage < are.size() && are[stage].status == usual_.statuses[stage]; ++stage)
      ;
    if (stage < are.size() && (!may_be_undone || are[stage].status != "Error"))
      wrong.push_back("a change ended otherwise than unharmed: " + are[stage].text);
    const auto& expected = usual_.stages[stage];
    if (world_.installed() != expected.snaps)
      wrong.emplace_back("the daemon doesn't say what is installed");
    auto differing = world_.lasting_differences(expected.root);
    auto broken = unusable(world_.root(), expected.snaps);
    wrong.insert(wrong.end(), differing.begin(), differing.end());
    wrong.insert(wrong.end(), broken.begin(), broken.end());
    if (!wrong.empty() && !are.empty())
      wrong.push_back("its last change: " + are.back().text);
    return wrong;
  }

  crash_world& world_;
  const plan& plan_;
  const reference& usual_;
  std::uint64_t last_ = 0;
  std::vector<told_change> told_;
  std::string refusal_;
  faults across_; ///< Of applications that run while the plan does.
};

/// One row's points, given out in order.
struct course {
  const plan& what;
  const reference& usual;
  sort_of_points points;
  disturbance how;
  row result;
  std::uint64_t next = 1;
  bool ended = false;
};

class walking {
public:
  walking(const walk_options& options, const watcher& watch) : options_{options}, watch_{watch} {
    for (const auto& name : options.plans) {
      const auto& what = plan_named(name);
      usual_.push_back(measure(shelf_, what, options.points));
      for (const auto& points : options.points)
        for (const auto& how : options.disturbances)
          courses_.push_back({what, usual_.back(), points, how,
                              row{name, points.name, how.name, 0, 0, {}, {}, {}}, options.at.value_or(1),
                              false});
    }
  }

  std::vector<row> run() {
    {
      std::vector<std::jthread> workers;
      for (unsigned job = 0; job < std::max(1U, options_.jobs); ++job)
        workers.emplace_back([this] { work(); });
    }
    std::vector<row> rows;
    for (const auto& each : courses_)
      rows.push_back(each.result);
    return rows;
  }

private:
  void work() {
    std::unique_ptr<crash_world> world;
    int left = 0;
    while (auto task = take()) {
      auto& [which, number] = *task;
      outcome result;
      try {
        if (left-- == 0 || !world) {
          world.reset();
          world = std::make_unique<crash_world>(shelf_);
          left = points_a_world;
        }
        result = attempt{*world, which->what, which->usual}.disturb(
            which->how, {which->points.kinds, number, which->how.action, which->how.error});
      } catch (const std::exception& error) {
        result.wrong.emplace_back(error.what());
      }
      if (!result.wrong.empty())
        world.reset();
      note(*which, number, result);
    }
  }

  std::optional<std::pair<course*, std::uint64_t>> take() {
    const std::lock_guard lock{guard_};
    for (auto& each : courses_)
      if (!each.ended && !stopped_) {
        auto number = each.next;
        each.next += options_.every;
        each.ended = options_.at.has_value();
        return std::pair{&each, number};
      }
    return std::nullopt;
  }

  void note(course& which, std::uint64_t number, const outcome& result) {
    const std::lock_guard lock{guard_};
    auto& sum = which.result;
    ++sum.tried;
    if (!result.call.empty()) {
      ++sum.met;
      sum.recoveries.push_back(result.recovery);
    } else if (number > which.usual.calls.at(which.points.name)) {
      // An earlier point that wasn't met may be followed by one that is.
      which.ended = true;
    }
    auto where = which.what.name + ", " + which.points.name + " " + std::to_string(number) +
                 (result.call.empty() ? "" : " (" + result.call + ")") + ", " + which.how.name;
    if (!result.wrong.empty())
      sum.findings.push_back({where, again(which, number), result.wrong});
    if (!watch_(sum, where))
      stopped_ = true;
  }

  static std::string again(const course& which, std::uint64_t number) {
    auto words = "--plan " + which.what.name + " --points " + which.points.name + " --at " +
                 std::to_string(number);
    return which.how.action == crash_fail ? words + " --failing-disk --error " + which.how.name
                                          : words + " --when " + which.how.name;
  }

  const walk_options& options_;
  const watcher& watch_;
  snap_shelf shelf_;
  std::list<reference> usual_;
  std::deque<course> courses_;
  std::mutex guard_;
  bool stopped_ = false;
};

} // namespace

std::vector<row> walk(const walk_options& options, const watcher& watch) {
  return walking{options, watch}.run();
}

} // namespace troupe::crash
