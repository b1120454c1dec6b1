#include "tests/sim/simulation.hpp"

#include <array>
#include <optional>

#include "tests/sim/journal_watch.hpp"
#include "tests/sim/stage.hpp"
#include "tests/sim/workload.hpp"

namespace troupe::sim {

namespace {

using namespace std::chrono_literals;

/// Makes the host fail: before an effect, after it, or by a crash of the daemon at either side.
class drawn_faults : public effect_watcher {
public:
  drawn_faults(world& on, dice& random, const journal_watch& watch,
               std::map<std::string, std::uint64_t>& hits)
      : world_{on}, random_{random}, watch_{watch}, hits_{hits} {}

  bool enabled = true;
  bool has_crashed = false;
  std::string problem; ///< A hook that ran where it must not.

  void before(std::string_view site, const std::string& what) override {
    if (has_crashed)
      throw failure{failure_kind::unavailable, "the daemon has crashed"};
    if (site == "run_hook")
      check_hook(what);
    draw(site, "before");
  }

  void after(std::string_view site, const std::string&) override { draw(site, "after"); }

private:
  void draw(std::string_view site, const std::string& when) {
    if (!enabled)
      return;
    auto fault = [&](const char* what) { ++hits_[std::string{site} + ": " + what + " " + when]; };
    if (random_.one_in(400)) {
      fault("crash");
      has_crashed = true;
      throw failure{failure_kind::unavailable, "the daemon has crashed"};
    }
    if (random_.one_in(150)) {
      fault("error");
      throw failure{random_.one_in(2) ? failure_kind::insufficient_space : failure_kind::internal,
                    "cannot " + std::string{site} + ": input/output error"};
    }
  }

  /// Every hook runs with its snap active; its failure is drawn.
  void check_hook(const std::string& what) {
    auto name = what.substr(0, what.find('/'));
    auto is_active = world_.mounted.contains("/root/snap/" + name + "/x1") &&
                     world_.entries.contains("/root/snap/" + name + "/current");
    if (!is_active && problem.empty() && !watch_.is_unsure(name))
      problem = "hook " + what + " ran while its snap was inactive";
    world_.hook_exit_status[what] = enabled && random_.one_in(6) ? 1 : 0;
  }

  world& world_;
  dice& random_;
  const journal_watch& watch_;
  std::map<std::string, std::uint64_t>& hits_;
};

class simulation {
public:
  explicit simulation(const simulation_options& options)
      : options_{options},
        random_{options.seed},
        watch_{report_.hits},
        faults_{world_, random_, watch_, report_.hits},
        requests_{world_, random_} {
    report_.seed = options.seed;
    faults_.enabled = options.faults;
    world_.watcher = &faults_;
    take_journal(journal_database::in_memory());
    stage_.emplace(journal_, world_);
  }

  simulation_report run() {
    auto begin = world_.now;
    for (std::size_t step = 0; step < options_.steps && problem().empty(); ++step)
      take_step();
    faults_.enabled = false;
    settle();
    report_.problem = problem();
    if (!report_.problem.empty())
      report_.last_events = {watch_.last_events().begin(), watch_.last_events().end()};
    report_.digest = watch_.digest();
    report_.changes = watch_.changes();
    report_.simulated = world_.now - begin;
    return report_;
  }

private:
  const std::string& problem() const {
    return faults_.problem.empty() ? watch_.problem() : faults_.problem;
  }

  void take_journal(std::shared_ptr<journal_database> journal) {
    journal_ = std::move(journal);
    journal_->watch([this](std::span<const journal_batch> batches) { watch_.committed(batches); });
  }

  void take_step() {
    auto drawn = random_.below(100);
    if (drawn < 12)
      stage_->send(start_operation{requests_.next()});
    else if (drawn < 16)
      abort();
    else if (drawn < 18)
      stage_->pass_quietly(1s * (1 + random_.below(20)));
    else if (drawn < 19 && options_.faults)
      restart(random_.one_in(2) ? "restart" : "crash between messages");
    else
      handle(1 + random_.below(40));
  }

  void abort() {
    if (watch_.changes() == 0)
      return;
    auto latest = watch_.changes() + 3; // ids of refused requests are given out again
    abort_change_by_id what{{latest - random_.below(std::min<std::size_t>(latest, 8))}, {}};
    if (random_.one_in(3))
      what.lanes = {static_cast<lane_number>(random_.below(4))};
    stage_->send(what);
  }

  void handle(std::size_t messages) {
    for (; messages > 0; --messages) {
      if (stage_->run_drawn(1, random_) == 0)
        return;
      ++report_.messages;
      if (faults_.has_crashed)
        return restart("crash in an effect");
    }
  }

  /// A crash keeps what is on the host and in the journal; an orderly end writes what it still has.
  void restart(const std::string& how) {
    ++report_.hits[how];
    auto kept = how == "restart" ? nullptr : journal_->copy_in_memory();
    if (kept)
      journal_->watch({});
    faults_.has_crashed = true;
    stage_.reset();
    faults_.has_crashed = false;
    if (kept)
      take_journal(kept);
    stage_.emplace(journal_, world_);
  }

  /// Without faults everything ends, in bounded time.
  void settle() {
    for (int round = 0; round < 50 && problem().empty(); ++round) {
      while (stage_->run_drawn(1, random_) > 0)
        ++report_.messages;
      stage_->pass_quietly(10s);
    }
    if (problem().empty())
      watch_.check_end(world_, stage_->snaps());
  }

  simulation_options options_;
  simulation_report report_;
  world world_;
  dice random_;
  journal_watch watch_;
  drawn_faults faults_;
  workload requests_;
  std::shared_ptr<journal_database> journal_;
  std::optional<test::stage> stage_;
};

} // namespace

simulation_report simulate(const simulation_options& options) { return simulation{options}.run(); }

} // namespace troupe::sim
