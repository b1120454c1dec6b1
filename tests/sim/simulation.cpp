#include "tests/sim/simulation.hpp"

#include <deque>
#include <numeric>
#include <optional>

#include "actors/errors.hpp"
#include "runtime/tasks/profile_files.hpp"
#include "runtime/tasks/startup.hpp"
#include "tests/sim/drawn_apps.hpp"
#include "tests/sim/drawn_faults.hpp"
#include "tests/sim/drawn_services.hpp"
#include "tests/sim/journal_watch.hpp"
#include "tests/sim/simulated_disk.hpp"
#include "tests/sim/stage.hpp"
#include "tests/sim/waiting_tasks.hpp"
#include "tests/sim/workload.hpp"

namespace troupe::sim {

namespace {

using namespace std::chrono_literals;

constexpr int starts_tried = 100;
constexpr int settle_rounds = 60;
constexpr int rounds_after_start = 12;
constexpr auto services_stop_at_most = 60s;
constexpr std::size_t clients_remembered = 8;

class simulation {
public:
  explicit simulation(const simulation_options& options) : options_{options} {
    report_.seed = options.seed;
    world_.watcher = &faults_;
    world_.pass = [this](duration time) {
      services_.pass_unheard();
      pass(time);
    };
    world_.slipped_in = [this] { hit(report_.hits, sometimes::app_slips_in); };
    faults_.on_effect = [this](std::string_view site, const std::string& what) {
      if (site == "unmount") {
        apps_.unmounted(what);
        services_.check_unmounted(what);
      }
      if (site == "make_link")
        services_.check_link(what);
      if (site == "remove_file")
        check_shutdown(what);
      if (auto fault = site == "make_link" ? apps_.fault_of_link(what) : ""; !fault.empty())
        watch_.broken(fault);
    };
    faults_.on_hook = [this](const std::string& hook) { check_hook(hook); };
    start();
  }

  simulation_report run() {
    auto chosen = options_.only;
    if (chosen.empty()) {
      chosen.resize(options_.steps);
      std::iota(chosen.begin(), chosen.end(), std::size_t{1});
    }
    for (auto number : chosen) {
      if (!watch_.problem().empty())
        break;
      report_.taken.push_back(number);
      take_step(number);
    }
    draw_from(nullptr);
    apps_.end_all();
    settle();
    stop();
    report_.problem = watch_.problem();
    if (!report_.problem.empty())
      report_.last_events = {watch_.last_events().begin(), watch_.last_events().end()};
    report_.digest = watch_.digest();
    report_.changes = watch_.changes().size();
    return report_;
  }

private:
  bool has_problem() const { return !watch_.problem().empty(); }

  // --- starts and ends of the daemon ------------------------------------------------------------------

  void start() {
    for (int tries = 0; tries < starts_tried; ++tries) {
      try {
        return start_once();
      } catch (const failure&) {
        hit(report_.hits, faults_.has_crashed ? sometimes::crash_at_start : sometimes::start_fails);
        stage_.reset();
        journal_.reset();
      }
    }
    watch_.broken("the daemon doesn't start");
    draw_from(nullptr);
    start_once();
  }

  /// What trouped does at its start.
  void start_once() {
    faults_.has_crashed = false;
    journal_ = journal_database::on_vfs(disk_.vfs());
    auto contents = journal_->load();
    watch_.found(contents);
    journal_->watch(&watch_);
    // A lock ends with the process that has it.
    world_.delaying_shutdown.clear();
    make_root(os_, paths_);
    put_host_right(os_, paths_, contents);
    restore_profiles({paths_, os_}, contents);
    // An image that can't be mounted is passed over at a start, which hides a crash amid that.
    if (faults_.has_crashed)
      throw failure{failure_kind::internal, "cannot start: the daemon has crashed"};
    stage_.emplace(journal_, world_, constraint_mode::scoped, services_.port());
    if (!services_.running().empty())
      watch_.broken("service " + *services_.running().begin() + " of a killed daemon runs on");
    watch_.daemon_started();
  }

  void stop() {
    for (const auto& client : clients_)
      caf::anon_send_exit(client, caf::exit_reason::kill);
    clients_.clear();
    stage_.reset();
    if (journal_.use_count() > 1)
      watch_.broken("an actor outlives its daemon");
    journal_.reset();
  }

  void crash(dice& random) {
    faults_.has_crashed = true;
    if (watch_.is_any_task(task_status::doing))
      hit(report_.hits, sometimes::crash_in_do);
    if (watch_.is_any_task(task_status::undoing))
      hit(report_.hits, sometimes::crash_in_undo);
    if (watch_.lanes_in_progress() > 1)
      hit(report_.hits, sometimes::crash_amid_lanes);
    services_.daemon_killed();
    stop();
    if (random.one_in(3)) {
      hit(report_.hits, sometimes::power_cut);
      watch_.note("power cut");
      disk_.cut_power(random, report_.hits);
      world_.mounted.clear();
      apps_.cut_power();
      services_.cut_power();
    } else {
      watch_.note("crash");
    }
    start();
    // People who find their host running again start their applications at once.
    for (int applications = 0; applications < 8; ++applications)
      apps_.act(random);
  }

  void restart() {
    hit(report_.hits, sometimes::restart);
    if (watch_.unready_changes() > 0)
      hit(report_.hits, sometimes::restart_amid_change);
    watch_.note("restart");
    stop_services();
    if (faults_.has_crashed)
      return;
    stop();
    start();
  }

  /// As trouped does before it ends; changes go on meanwhile.
  void stop_services() {
    if (services_.running().empty())
      return;
    auto is_gone = std::make_shared<bool>();
    remember(stage_->system().spawn(
        [is_gone, all = stage_->actors().members().services](caf::event_based_actor* self) {
          self->request(all, caf::infinite, stop_all_services{}).then([is_gone](services_gone) {
            *is_gone = true;
          });
        }));
    dice random{options_.seed, report_.messages};
    const auto goes_on = [&] { return !*is_gone && !faults_.has_crashed; };
    for (auto seconds = 0s; goes_on() && seconds < services_stop_at_most; ++seconds) {
      while (goes_on() && stage_->run_drawn(1, random) > 0)
        ++report_.messages;
      if (goes_on())
        pass(1s);
    }
    if (faults_.has_crashed)
      return;
    if (!*is_gone)
      watch_.broken("services aren't stopped with their daemon");
    hit(report_.hits, sometimes::services_stop);
  }

  // --- steps ------------------------------------------------------------------------------------------

  void take_step(std::size_t number) {
    dice random{options_.seed, number};
    if (options_.faults)
      draw_from(&random);
    auto drawn = random.below(1000);
    if (drawn < 120)
      request(random);
    else if (drawn < 160)
      abort(random);
    else if (drawn < 220)
      pass_heard(1s * (1 + random.below(20)), random);
    else if (drawn < 235)
      be_quiet();
    else if (drawn < 240)
      vanish(random);
    else if (drawn < 245)
      jump(random);
    else if (drawn < 250 && options_.faults)
      restart();
    else if (drawn < 255 && options_.faults)
      crash_between_messages(random);
    else if (drawn < 340)
      apps_.act(random);
    else if (drawn < 350)
      services_.act(random);
    else
      handle(1 + random.below(40), random);
    if (faults_.has_crashed)
      crash(random);
    draw_from(nullptr);
  }

  void draw_from(dice* random) {
    faults_.draw_from(random, random ? rates_ : fault_rates{});
    services_.draw_from(random, random ? rates_.service : 0);
  }

  void handle(std::size_t messages, dice& random) {
    for (; messages > 0 && !faults_.has_crashed && stage_->run_drawn(1, random) > 0; --messages)
      ++report_.messages;
  }

  void pass(duration time) {
    report_.simulated += time;
    stage_->pass_quietly(time);
  }

  /// Nobody takes seconds to hear that a service has begun, and takes it for late then.
  void pass_heard(duration time, dice& random) {
    while (services_.is_any_unheard() && !faults_.has_crashed && stage_->run_drawn(1, random) > 0)
      ++report_.messages;
    if (faults_.has_crashed)
      return;
    services_.all_is_heard();
    pass(time);
  }

  void crash_between_messages(dice& random) {
    hit(report_.hits, sometimes::crash_between_messages);
    crash(random);
  }

  void jump(dice& random) {
    auto back = random.one_in(2);
    hit(report_.hits, back ? sometimes::clock_back : sometimes::clock_on);
    auto far = 1min * static_cast<int>(1 + random.below(3000));
    world_.now += back ? -far : far;
  }

  drawn_services::surroundings around_services() {
    drawn_services::surroundings around;
    around.app_of = [this](const auto& snap, const auto& app) -> const app_info& {
      return requests_.app_of(snap, app);
    };
    around.is_unsure = [this](const auto& snap) { return watch_.is_unsure(snap); };
    around.note = [this](const auto& event) { watch_.note(event); };
    around.broken = [this](const auto& rule) { watch_.broken(rule); };
    return around;
  }

  void request(dice& random) {
    auto what = requests_.draw(random);
    watch_.note("request: " + describe(what));
    auto forget_images = [this, what] {
      for (const auto& snap : what.snaps)
        world_.entries.erase(snap.image);
    };
    auto acknowledged = [this](change_id id) {
      if (!watch_.knows(id))
        watch_.broken("change " + to_string(id) + " is told of before it is durable");
    };
    auto refused = [this, forget_images](const caf::error& why) {
      if (faults_.has_crashed)
        return;
      auto problem = to_failure(why);
      if (problem.kind() == failure_kind::internal && !is_stopping(why))
        watch_.broken(std::string{"a request is refused for a fault of ours: "} + problem.what());
      if (problem.kind() == failure_kind::change_conflict)
        hit(report_.hits, sometimes::refused_conflict);
      if (problem.kind() == failure_kind::unavailable)
        hit(report_.hits, sometimes::refused_journal);
      forget_images();
    };
    remember(stage_->system().spawn([director = stage_->actors().director(), what, acknowledged,
                                     refused](caf::event_based_actor* self) {
      self->request(director, caf::infinite, start_operation{what}).then(acknowledged, refused);
    }));
  }

  void remember(caf::actor client) {
    clients_.push_back(std::move(client));
    if (clients_.size() > clients_remembered)
      clients_.pop_front();
  }

  void vanish(dice& random) {
    if (clients_.empty())
      return;
    hit(report_.hits, sometimes::client_vanishes);
    caf::anon_send_exit(random.pick(clients_), caf::exit_reason::kill);
  }

  void abort(dice& random) {
    if (watch_.changes().empty())
      return;
    const auto latest = watch_.changes().rbegin()->value;
    const change_id id{latest - random.below(std::min<std::size_t>(latest, 6))};
    std::vector<lane_number> lanes;
    if (random.one_in(3))
      lanes = {static_cast<lane_number>(1 + random.below(3))};
    watch_.note("abort of change " + to_string(id));
    const auto& director = stage_->actors().director();
    auto send_abort = [=] { caf::anon_send(director, abort_change_by_id{id, lanes}); };
    // What it meets is looked up first, for the table.
    remember(stage_->system().spawn([=, this](caf::event_based_actor* self) {
      self->request(director, caf::infinite, find_change{id})
          .then(
              [=, this](const change_view_ptr& view) {
                if (!view->ready)
                  count_abort(*view, !lanes.empty());
                send_abort();
              },
              [=](const caf::error&) { send_abort(); });
    }));
  }

  void count_abort(const change_view& view, bool of_lane) {
    if (of_lane)
      hit(report_.hits, sometimes::abort_lane);
    for (const auto& [task, reason] : view.waits) {
      if (std::holds_alternative<waits::claim>(reason))
        hit(report_.hits, sometimes::abort_waiting_claim);
      if (std::holds_alternative<waits::admission>(reason))
        hit(report_.hits, sometimes::abort_waiting_admission);
      if (std::holds_alternative<waits::slot>(reason) || std::holds_alternative<waits::running>(reason))
        hit(report_.hits, sometimes::abort_running);
    }
    for (const auto& task : view.record.tasks)
      if (task.status == task_status::undoing)
        return hit(report_.hits, sometimes::abort_undoing);
  }

  // --- checks -----------------------------------------------------------------------------------------

  /// Every hook runs with its snap and its base active; one of a connection with the other snap linked
  /// too, whose files it doesn't use.
  void check_hook(const std::string& hook) {
    const auto own = hook.substr(0, hook.find('/'));
    const auto check = [&](const std::string& needed, bool is_used) {
      auto current = world_.links.find("/root/snap/" + needed + "/current");
      auto is_active =
          current != world_.links.end() &&
          (!is_used || world_.mounted.contains("/root/snap/" + needed + "/" + current->second));
      if (!needed.empty() && !is_active && !watch_.is_unsure(needed))
        watch_.broken("hook " + hook + " runs while snap " + needed + " is inactive");
    };
    check(own, true);
    check(requests_.base_of(own), true);
    const auto ref = connection_ref_from_text(world_.hook_connection);
    if (!ref)
      return;
    const auto& other = ref->other_than(own);
    hit(report_.hits,
        other == own || other == system_snap ? sometimes::hook_of_one : sometimes::hook_of_pair);
    if (other == system_snap)
      return;
    check(other, false);
    check(requests_.base_of(other), false);
  }

  /// Handles all messages without letting time pass, then looks at why tasks wait.
  void be_quiet() {
    dice random{options_.seed, report_.messages};
    while (!has_problem() && !faults_.has_crashed && stage_->run_drawn(1, random) > 0)
      ++report_.messages;
    if (faults_.has_crashed || has_problem())
      return;
    services_.all_is_heard();
    auto health = stage_->ask<journal_health>(stage_->actors().members().journal, get_journal_health{});
    auto changes =
        stage_->ask<change_list>(stage_->actors().director(), list_changes{"in-progress", {}});
    // While nothing can be written, tasks wait for that.
    count_holding(changes);
    if (auto fault = fault_in_waits(changes, moving_services());
        !fault.empty() && health.trouble.empty())
      watch_.broken(fault);
    watch_.check_services(services_.running(), false);
    watch_.all_is_quiet();
  }

  /// Both ends remember the same, and a plug has several connections by itself only where it may.
  void check_connections(const std::vector<snap_state_ptr>& snaps) {
    std::map<std::string, snap_state_ptr> by_name;
    for (const auto& state : snaps)
      by_name.emplace(state->name, state);
    for (const auto& [name, state] : by_name) {
      if (watch_.is_unsure(name))
        continue;
      std::map<endpoint_name, int> by_itself;
      for (const auto& [ref, known] : state->connections) {
        const auto& other = ref.other_than(name);
        if (known.automatic && !known.undesired && ref.plug.snap == name)
          ++by_itself[ref.plug];
        if (other == system_snap || watch_.is_unsure(other))
          continue;
        const auto found = by_name.find(other);
        if (found == by_name.end())
          watch_.broken("snap " + name + " remembers a connection to " + other + ", which is gone");
        else if (const auto same = found->second->connections.find(ref);
                 same == found->second->connections.end() || same->second != known)
          watch_.broken("both ends of " + to_string(ref) + " remember something else");
      }
      for (const auto& [plug, count] : by_itself) {
        if (count > 1)
          hit(report_.hits, sometimes::greedy_plug);
        if (count > 1 && !requests_.is_greedy(name))
          watch_.broken("plug " + to_string(plug) + " is connected by itself to " +
                        std::to_string(count) + " slots, and takes one");
      }
    }
  }

  /// What an active snap may do follows from what it is connected to.
  void check_profiles(const std::vector<snap_state_ptr>& snaps) {
    const task_host host{paths_, os_};
    for (const auto& state : snaps)
      if (state->active && !watch_.is_unsure(state->name) &&
          !os_.files->holds(paths_.profile(state->name, state->current),
                            tasks::profile_text_of(host, {state->name, state->current, *state->info(),
                                                          state->flags, state->connections})))
        watch_.broken("the profile of snap " + state->name + " isn't what its connections say");
  }

  /// A host that goes down between the revisions of a snap leaves its users without it.
  void check_shutdown(const std::string& removed) {
    const std::filesystem::path link{removed};
    const auto snap = link.parent_path().filename().string();
    if (link.filename() == "current" && world_.inhibited.contains(snap) &&
        !world_.delaying_shutdown.contains(snap))
      watch_.broken("snap " + snap + " is unlinked while the host may be shut down");
  }

  /// Snaps of which services are starting or stopping.
  std::set<std::string> moving_services() {
    std::set<std::string> snaps;
    for (const auto& service :
         stage_->ask<service_list>(stage_->actors().members().services, list_services{}))
      if (service.phase == service_phase::starting || service.phase == service_phase::stopping)
        snaps.insert(service.snap);
    return snaps;
  }

  void count_holding(const change_list& changes) {
    for (const auto& change : changes)
      for (const auto& task : change->record.tasks)
        if (auto wait = change->waits.find(task.id);
            wait != change->waits.end() && std::holds_alternative<waits::apps_running>(wait->second))
          hit(report_.hits,
              task.status == task_status::undoing ? sometimes::app_holds_undo : sometimes::app_holds);
  }

  /// Without faults everything ends, in bounded time.
  void settle() {
    for (int round = 0; round < settle_rounds && !has_problem(); ++round) {
      be_quiet();
      pass(10s);
    }
    if (watch_.unready_changes() > 0)
      watch_.broken("a change goes on though nothing has hindered it for long");
    watch_.check_services(services_.running(), true);
    if (!world_.delaying_shutdown.empty())
      watch_.broken("snap " + *world_.delaying_shutdown.begin() + " delays shutdowns for ever");
    if (!world_.inhibited.empty())
      watch_.broken("launchers of snap " + *world_.inhibited.begin() + " wait for ever");
    if (!has_problem())
      check_profiles(stage_->snaps());
    if (!has_problem())
      restart(); // what is left in the spool goes at the next start
    for (int round = 0; round < rounds_after_start && !has_problem(); ++round) {
      be_quiet();
      pass(1s);
    }
    watch_.check_services(services_.running(), true);
    if (!has_problem()) {
      be_quiet();
      watch_.check_end(world_, stage_->snaps());
      check_connections(stage_->snaps());
      if (!world_.inhibited.empty())
        watch_.broken("launchers of snap " + *world_.inhibited.begin() + " wait for ever");
    }
  }

  simulation_options options_;
  simulation_report report_;
  world world_;
  dice beginning_{options_.seed};
  fault_rates rates_ = fault_rates::drawn(beginning_);
  service_troubles troubles_;
  journal_watch watch_{report_.hits, world_, troubles_};
  drawn_faults faults_{report_.hits};
  simulated_disk disk_{faults_};
  workload requests_{world_, beginning_};
  drawn_apps apps_{world_, report_.hits,
                   [this](const std::string& snap) { return requests_.has_apps(snap); }};
  drawn_services services_{world_, report_.hits, troubles_, around_services()};
  layout paths_{"/root"};
  host::ports os_ = ports_of(world_);
  std::shared_ptr<journal_database> journal_;
  std::optional<test::stage> stage_;
  std::deque<caf::actor> clients_;
};

} // namespace

simulation_report simulate(const simulation_options& options) { return simulation{options}.run(); }

} // namespace troupe::sim
