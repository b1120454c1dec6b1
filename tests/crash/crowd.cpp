#include "tests/crash/crowd.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "messages/failure.hpp"
#include "tests/support/api.hpp"

namespace troupe::crash {

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int clients = 10;
constexpr int rounds_a_root = 20;
constexpr std::chrono::milliseconds usual_time = 1200ms;
constexpr std::uint64_t usual_calls = 2'500; ///< About those of usual_time.
constexpr std::chrono::milliseconds longest_round = 30s;
constexpr std::uint64_t calls_of_a_recovery = 150;

class dice {
public:
  template <class... Seeds>
  explicit dice(Seeds... seeds) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seeds)...};
    random_.seed(sequence);
  }

  std::uint64_t draw(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>{least, most}(random_);
  }

private:
  std::mt19937_64 random_;
};

/// What one client has on its mind: most snaps are its own, two are everyone's.
wish next_wish(dice& dice, int client, const installed_snaps& snaps) {
  auto own = std::to_string(client);
  auto choice = dice.draw(0, 9);
  if (choice == 0)
    return {"install", {"bad-" + own}};
  if (choice <= 3) {
    std::vector<std::string> three{"one-on-base-" + own, "base-" + own, "two-on-base-" + own};
    return {snaps.contains(three[1]) ? "remove" : "install", three};
  }
  auto shared = static_cast<int>(dice.draw(0, 1));
  auto name = choice == 4 ? "shared-" + std::to_string(shared) : "app-" + own;
  auto is = snaps.find(name);
  // Only one client installs a shared snap: a second install would refresh it.
  if (is == snaps.end() && choice == 4 && client != shared)
    return {"install", {"bad-" + own}};
  if (is == snaps.end())
    return {"install", {name}};
  if (dice.draw(0, 2) == 0)
    return {"remove", {name}};
  return {is->second.active ? "disable" : "enable", {name}};
}

/// What all clients were told in one round.
class notebook {
public:
  explicit notebook(installed_snaps snaps) : snaps_{std::move(snaps)} {}

  installed_snaps snaps() const {
    const std::lock_guard lock{guard_};
    return snaps_;
  }

  void accepted(const std::string& id) {
    const std::lock_guard lock{guard_};
    told_[id] = {id, {}, {}, {}, false, {}};
  }

  void ended(const told_change& change) {
    const std::lock_guard lock{guard_};
    told_[change.id] = change;
    carry_out({change}, snaps_);
  }

  void wrong(const std::string& what) {
    const std::lock_guard lock{guard_};
    wrong_.push_back(what);
  }

  faults wrong() const {
    const std::lock_guard lock{guard_};
    return wrong_;
  }

  std::vector<told_change> told() const {
    const std::lock_guard lock{guard_};
    std::vector<told_change> result;
    for (const auto& [id, change] : told_)
      result.push_back(change);
    return result;
  }

private:
  mutable std::mutex guard_;
  installed_snaps snaps_;
  std::map<std::string, told_change> told_;
  faults wrong_;
};

class crowd {
public:
  crowd(const crowd_options& options, const watcher& watch) : options_{options}, watch_{watch} {}

  row run() {
    auto end = steady::now() + options_.seconds;
    for (round_ = 0; options_.rounds == 0 || round_ < options_.rounds; ++round_) {
      if (options_.seconds > 0s && steady::now() >= end)
        break;
      std::string where = "round " + std::to_string(round_);
      faults wrong;
      try {
        wrong = one_round(where);
      } catch (const std::exception& error) {
        wrong = {error.what()};
      }
      ++sum_.tried;
      if (!wrong.empty()) {
        sum_.findings.push_back({where, again(), wrong});
        world_.reset();
      }
      if (!watch_(sum_, where))
        break;
    }
    if (auto wrong = leave(); !wrong.empty())
      sum_.findings.push_back({"the end", again(), wrong});
    sum_.remark = std::to_string(changes_told_) + " changes were told as accepted, " +
                  std::to_string(in_flight_) + " of them were going on at a kill";
    return sum_;
  }

private:
  std::string again() const {
    return "--seed " + std::to_string(options_.seed) + " --rounds " + std::to_string(round_ + 1);
  }

  faults one_round(std::string& where) {
    if (rounds_left_ == 0)
      if (auto wrong = leave(); !wrong.empty())
        return wrong;
    if (!world_) {
      world_ = std::make_unique<crash_world>(shelf_);
      snaps_.clear();
      rounds_left_ = rounds_a_root;
    }
    --rounds_left_;
    dice dice{options_.seed, round_};
    last_ = last_change(*world_);
    notebook notes{snaps_};
    where += ", killed " + work_until_killed(dice, notes);
    auto told = notes.told();
    auto in_flight = std::count_if(told.begin(), told.end(), [](auto& each) { return !each.ready; });
    changes_told_ += told.size();
    in_flight_ += static_cast<std::uint64_t>(in_flight);
    where += ", " + std::to_string(told.size()) + " changes told, " + std::to_string(in_flight) +
             " of them going on";
    if (round_ % 3 == 2)
      where += kill_again(dice);
    auto wrong = notes.wrong();
    auto stuck = world_->recover();
    sum_.recoveries.push_back(world_->recovery());
    wrong.insert(wrong.end(), stuck.begin(), stuck.end());
    if (wrong.empty())
      wrong = check(told);
    return wrong;
  }

  std::string work_until_killed(dice& dice, notebook& notes) {
    auto by_clock = round_ % 4 == 3;
    auto after = std::chrono::milliseconds{dice.draw(1, usual_time.count())};
    crash_point point{effects | crash_journal, dice.draw(1, usual_calls),
                      dice.draw(0, 1) == 0 ? crash_kill_before : crash_kill_after};
    if (!by_clock)
      world_->points.arm(point);
    {
      std::vector<std::jthread> crowd;
      for (int client = 0; client < clients; ++client)
        crowd.emplace_back([this, client, &notes] { work(client, notes); });
      auto end = steady::now() + (by_clock ? after : longest_round);
      while (!world_->daemon.has_ended() && steady::now() < end)
        std::this_thread::sleep_for(1ms);
      world_->daemon.kill_hard();
    }
    auto reached = by_clock ? std::string{} : world_->points.disarm();
    sum_.met += by_clock || !reached.empty() ? 1 : 0;
    if (by_clock)
      return "after " + std::to_string(after.count()) + " ms";
    return std::string{point.action == crash_kill_after ? "after" : "before"} + " call " +
           std::to_string(point.number) + " (" + reached + ")";
  }

  /// One client, until the daemon is dead.
  void work(int client, notebook& notes) {
    dice dice{options_.seed, round_, client};
    auto api = world_->daemon.client();
    auto end = steady::now() + longest_round;
    while (steady::now() < end) {
      try {
        auto id = world_->ask(api, next_wish(dice, client, notes.snaps()));
        notes.accepted(id);
        notes.ended(world_->wait_for(api, id));
      } catch (const api_error& refusal) {
        // Mostly another one has that snap; the next wish may be for a free one.
        if (refusal.status() >= 500)
          notes.wrong("refused: " + std::string{refusal.what()});
      } catch (const std::exception&) {
        return;
      }
    }
  }

  std::string kill_again(dice& dice) {
    crash_point point{effects | crash_journal, dice.draw(1, calls_of_a_recovery),
                      dice.draw(0, 1) == 0 ? crash_kill_before : crash_kill_after};
    world_->points.arm(point);
    try {
      world_->daemon.start();
      world_->wait_for_all();
    } catch (const std::runtime_error&) {
      // It has died.
    }
    auto reached = world_->points.disarm();
    return "; the next one at its call " + std::to_string(point.number) +
           (reached.empty() ? " (all had ended)" : " (" + reached + ")");
  }

  faults check(const std::vector<told_change>& told) {
    auto are = changes_after(*world_, last_);
    auto wrong = lost(told, are);
    for (const auto& change : are) {
      auto fails = std::any_of(change.snaps.begin(), change.snaps.end(), fails_late);
      if (change.status != (fails ? "Error" : "Done"))
        wrong.push_back("a change ended otherwise than unharmed: " + change.text);
    }
    carry_out(are, snaps_);
    auto differing = world_->compare(snaps_);
    wrong.insert(wrong.end(), differing.begin(), differing.end());
    return wrong;
  }

  faults leave() {
    if (!world_)
      return {};
    auto wrong = world_->remove_all();
    world_.reset();
    return wrong;
  }

  const crowd_options& options_;
  const watcher& watch_;
  snap_shelf shelf_;
  std::unique_ptr<crash_world> world_;
  installed_snaps snaps_;
  row sum_{"mixed-load", "random", "kill", 0, 0, {}, {}, {}};
  std::uint64_t changes_told_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t round_ = 0;
  std::uint64_t last_ = 0;
  int rounds_left_ = 0;
};

} // namespace

row kill_amid_crowd(const crowd_options& options, const watcher& watch) {
  return crowd{options, watch}.run();
}

} // namespace troupe::crash
