#include "cli/stress/scenario_run.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>

#include <caf/scheduler/test_coordinator.hpp>

#include "actors/change.hpp"
#include "actors/inspector.hpp"
#include "actors/journal.hpp"
#include "actors/notices.hpp"
#include "actors/scheduler.hpp"
#include "cli/stress/scenario_script.hpp"
#include "runtime/rules/task_graph.hpp"

namespace troupe::stress {

namespace {

/// Time stands still in a scenario.
class still_clock : public host::clock {
public:
  time_point now() const override { return time_point{std::chrono::seconds{1'700'000'000}}; }
};

/// Brings the script to the handlers, which see nothing but their task's context.
struct scripted_host : task_host {
  scenario_script* script = nullptr;
};

outcome play_step(task_context& context) {
  return static_cast<const scripted_host&>(context.host).script->play(context);
}

constexpr task_kind undoable_step{"step", workplace::hooks, play_step, play_step};
constexpr task_kind plain_step{"step-without-undo", workplace::hooks, play_step, nullptr};

const task_kind* find_step(std::string_view name) {
  return name == undoable_step.name ? &undoable_step : &plain_step;
}

using scripted_performers_actor = performers_actor::extend<caf::reacts_to<caf::tick_atom>>;

/// Stands in for a pool of performers: a tick gives the next handler of the script one more beat.
class scripted_performers : public actor_base<scripted_performers_actor> {
public:
  scripted_performers(caf::actor_config& config, scenario_script& script,
                      const inspector_actor& inspector)
      : actor_base{config, "performers", inspector}, script_{script} {}

  behavior_type make_behavior() override {
    return {
        [this](const perform_work& what) -> caf::result<work_done> {
          (*what.work)();
          calls_.insert_or_assign(script_.last_played(), call{what, owe<work_done>()});
          return caf::delegated<work_done>{};
        },
        [](get_pool_load) { return pool_load{}; },
        [this](caf::tick_atom) {
          auto found = calls_.find(script_.next().value());
          (*found->second.what.work)();
          if (script_.has_ended())
            calls_.extract(found).mapped().reply.deliver({});
        },
    };
  }

  // Work that is left holds actors that hold this one.
  void on_exit() override { calls_.clear(); }

private:
  struct call {
    perform_work what;
    owed_reply<work_done> reply;
  };

  scenario_script& script_;
  std::map<task_id, call> calls_;
};

struct scenario_config : caf::actor_system_config {
  scenario_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Each task's number, by the name that its file gives it.
std::unordered_map<std::string, task_id> numbers_in(const scenario& what) {
  std::unordered_map<std::string, task_id> numbers;
  for (std::size_t place = 0; place < what.tasks.size(); ++place)
    numbers.emplace(what.tasks[place].id, number_of(place));
  return numbers;
}

/// The tasks' numbers with those of the tasks they wait for.
std::vector<graph_task> waits_in(const scenario& what) {
  const auto numbers = numbers_in(what);
  std::vector<graph_task> tasks;
  for (std::size_t place = 0; place < what.tasks.size(); ++place) {
    tasks.push_back({number_of(place), {}, {}});
    for (const auto& id : what.tasks[place].waits_for)
      tasks.back().waits_for.push_back(numbers.at(id));
  }
  return tasks;
}

change_record record_of(const scenario& what, time_point now) {
  auto waits = waits_in(what);
  change_record record;
  record.id = {1};
  record.kind = "scenario";
  record.summary = what.name;
  record.spawned_at = now;
  for (std::size_t place = 0; place < what.tasks.size(); ++place) {
    const auto& given = what.tasks[place];
    task_record task;
    task.id = number_of(place);
    task.kind = given.has_undo ? undoable_step.name : plain_step.name;
    task.summary = given.id;
    task.status = given.status;
    task.waited = given.waited;
    task.waits_for = std::move(waits[place].waits_for);
    task.lanes = given.lanes;
    record.tasks.push_back(std::move(task));
  }
  return record;
}

/// One scenario on its way: the system that outlives its restarts, and the actors that don't.
class scenario_run {
public:
  explicit scenario_run(const scenario& what)
      : scenario_{what},
        script_{what},
        system_{config_},
        os_{nullptr, nullptr, nullptr, std::make_shared<still_clock>()},
        host_{{paths_, os_, {}, false}, &script_},
        database_{journal_database::in_memory()} {
    journal_batch batch;
    batch.new_changes.push_back(
        std::make_shared<const change_record>(record_of(what, os_.clock->now())));
    database_->commit({&batch, 1});
    start();
  }
  ~scenario_run() { stop(); }
  scenario_run(const scenario_run&) = delete;
  scenario_run& operator=(const scenario_run&) = delete;

  json::object play() {
    if (scenario_.abort && scenario_.abort->when == "before")
      abort();
    if (scenario_.run) {
      begin();
      while (go_on())
        ;
    }
    return result();
  }

private:
  void start() {
    auto members = std::make_shared<company>();
    members->inspector = system_.spawn<inspector>();
    members->journal = system_.spawn<journal>(database_, members->inspector);
    members->scheduler = system_.spawn<scheduler>(constraint_mode::scoped, members->inspector);
    members->notices = system_.spawn<notices>(std::vector<notice>{}, std::vector<warning>{},
                                              members->journal, os_.clock, members->inspector);
    performers_ = system_.spawn<scripted_performers>(script_, members->inspector);
    members->effects = members->copies = members->hooks = performers_;
    members->host = &host_;
    members->find_kind = find_step;
    company_ = members;
    change_setup setup;
    setup.record = std::make_shared<const change_record>(std::move(database_->load().changes.front()));
    setup.resumed = true;
    setup.starts_when_told = true;
    change_ = system_.spawn<change>(std::move(setup), company_);
  }

  void stop() {
    script_.drop_all();
    auto dismiss = [](const auto& actor) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    };
    dismiss(change_);
    dismiss(performers_);
    dismiss(company_->notices);
    dismiss(company_->scheduler);
    dismiss(company_->journal);
    dismiss(company_->inspector);
    change_ = nullptr;
    performers_ = nullptr;
    company_.reset();
    run_all();
  }

  /// Handles messages until there are none.
  void run_all() {
    auto& coordinator = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    while (coordinator.try_run_once())
      ;
  }

  template <class Answer, class Message>
  Answer ask(Message message) {
    std::optional<Answer> answer;
    std::optional<failure> problem;
    system_.spawn([&](caf::event_based_actor* self) {
      self->request(change_, caf::infinite, std::move(message))
          .then([&](const Answer& got) { answer = got; },
                [&](const caf::error& why) { problem = to_failure(why); });
    });
    run_all();
    if (problem)
      throw failure{*problem};
    return answer.value();
  }

  void begin() { ask<change_id>(begin_change{}); }

  void abort() {
    const auto& what = scenario_.abort->what;
    if (const auto* lanes = std::get_if<std::vector<lane_number>>(&what))
      ask<change_view_ptr>(abort_lanes{*lanes});
    else if (std::holds_alternative<unready_lanes>(what))
      ask<change_view_ptr>(abort_lanes{});
    else
      ask<change_view_ptr>(abort_change{});
  }

  /// One step; false where there is none any more.
  bool go_on() {
    if (meets_event())
      return true;
    if (script_.next()) {
      caf::anon_send(performers_, caf::tick_atom::value);
      run_all();
      return true;
    }
    return ask<bool>(start_next{}) || ask<std::uint64_t>(resolve_waits{}) > 0;
  }

  /// Does what is to happen after an event that hasn't been looked at yet.
  bool meets_event() {
    if (seen_events_ == script_.events().size())
      return false;
    const auto& event = script_.events()[seen_events_++];
    if (scenario_.abort && scenario_.abort->when == event && !std::exchange(aborted_, true))
      abort();
    if (scenario_.restart_after == event && !std::exchange(restarted_, true)) {
      stop();
      start();
      begin();
    }
    return true;
  }

  json::object result() {
    auto view = ask<change_view_ptr>(get_change{});
    json::object tasks;
    for (const auto& task : view->record.tasks)
      tasks[task.summary] = to_word(task.status);
    json::object lanes;
    for (const auto& lane : view->lanes)
      lanes[std::to_string(lane.lane)] =
          json::object{{"ready", lane.ready}, {"doing", doing(*view, lane)}};
    json::array events;
    for (const auto& event : script_.events())
      events.emplace_back(event);
    return {{"events", std::move(events)},
            {"tasks", std::move(tasks)},
            {"lanes", std::move(lanes)},
            {"change", to_word(view->status)},
            {"error", view->record.error}};
  }

  static std::string doing(const change_view& view, const lane_view& lane) {
    std::string text{to_word(lane.status)};
    auto separator = " ";
    for (const auto& task : view.record.tasks) {
      auto in_lane = task.lanes.empty() ? lane.lane == 0
                                        : std::ranges::find(task.lanes, lane.lane) != task.lanes.end();
      auto moves = task.status == task_status::doing || task.status == task_status::undoing ||
                   task.status == task_status::abort;
      if (in_lane && moves)
        text += std::exchange(separator, ", ") + task.summary;
    }
    return text;
  }

  const scenario& scenario_;
  scenario_script script_;
  scenario_config config_;
  caf::actor_system system_;
  layout paths_{"/"};
  host::ports os_;
  scripted_host host_;
  std::shared_ptr<journal_database> database_;
  company_ptr company_;
  scripted_performers_actor performers_;
  change_actor change_;
  std::size_t seen_events_ = 0;
  bool aborted_ = false;
  bool restarted_ = false;
};

json::object cycle_result(const scenario& what, const cycle_error& error) {
  json::array members;
  std::string names;
  for (auto id : error.cycle()) {
    const auto& name = what.tasks[id.value - 1].id;
    members.emplace_back(name);
    names += (names.empty() ? "" : ", ") + name;
  }
  auto text = members.size() == 1
                  ? "cannot order task " + names + ": it waits for itself"
                  : "cannot order tasks " + names + ": they wait for each other in a cycle";
  return {{"error", text}, {"cycle", std::move(members)}};
}

} // namespace

json::object run_scenario(const scenario& what) {
  try {
    task_graph{waits_in(what)};
  } catch (const cycle_error& error) {
    return cycle_result(what, error);
  }
  return scenario_run{what}.play();
}

} // namespace troupe::stress
