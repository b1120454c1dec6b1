#include "actors/supervised_service.hpp"

#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

const app_info& app_of(const service_origin& from) { return *from.info->find_app(from.app); }

} // namespace

supervised_service::supervised_service(const task_host& host, service_origin from,
                                       std::shared_ptr<host::service_log> log, service_hands hands)
    : host_{host},
      running_from_{from},
      next_from_{std::move(from)},
      hands_{std::move(hands)},
      machine_{terms_of(app_of(running_from_))},
      log_{std::move(log)} {}

service_status supervised_service::status() const {
  service_status result;
  result.snap = running_from_.snap;
  result.app = running_from_.app;
  result.phase = machine_.phase();
  if (machine_.is_running() && !is_spawning_ && processes_ && processes_->run)
    result.pid = processes_->run->pid();
  result.restarts = machine_.restarts();
  result.reason = machine_.reason();
  return result;
}

std::string supervised_service::trouble() const {
  if (machine_.is_stuck()) {
    auto left = processes_ && processes_->run ? processes_->run->members() : std::vector<pid_t>{};
    if (left.empty())
      return "its processes don't end";
    std::string names;
    for (auto process : left)
      names += (names.empty() ? "" : ", ") + std::to_string(process);
    return left.size() == 1 ? "process " + names + " doesn't end" : "processes " + names + " don't end";
  }
  auto text = machine_.reason().empty() ? "it was stopped meanwhile" : machine_.reason();
  auto lines = log_->last(limits::service_failure_lines);
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += (i ? "\n" : "; it wrote last:\n") + as_one_line(lines[i].text);
  return text;
}

void supervised_service::use(service_origin from) {
  next_from_ = std::move(from);
  machine_.change_terms(terms_of(app_of(next_from_)));
}

void supervised_service::start() { carry_out(machine_.start(now())); }

void supervised_service::stop() { carry_out(machine_.stop(now())); }

void supervised_service::hear(std::uint64_t run, const service_event& what) {
  if (run != run_)
    return;
  const auto is_start = std::holds_alternative<service_events::spawned>(what) ||
                        std::holds_alternative<service_events::not_spawned>(what);
  if (is_spawning_ && !is_start)
    return early_.push_back(what);
  is_spawning_ = false;
  carry_out(machine_.hear(what, now()));
  for (const auto& event : std::exchange(early_, {}))
    carry_out(machine_.hear(event, now()));
}

void supervised_service::time_is_up(std::uint64_t timer) {
  if (timer == timer_)
    carry_out(machine_.hear(service_events::time_is_up{}, now()));
}

void supervised_service::carry_out(const service_actions& actions) {
  const auto& app = app_of(running_from_);
  for (const auto& action : actions)
    switch (action.deed) {
    case service_deed::spawn:
      spawn();
      break;
    case service_deed::run_stop_command:
      run_command(app.stop_command, terms_of(app).stop_timeout);
      break;
    case service_deed::run_post_stop_command:
      run_command(app.post_stop_command, terms_of(app).stop_timeout);
      break;
    case service_deed::terminate:
      end_all(false);
      break;
    case service_deed::kill:
      end_all(true);
      break;
    case service_deed::set_timer:
      hands_.set_timer(action.after, ++timer_);
      break;
    }
  if (!machine_.is_running() && !is_spawning_)
    processes_.reset();
}

void supervised_service::spawn() {
  running_from_ = next_from_;
  is_spawning_ = true;
  early_.clear();
  processes_ = std::make_shared<processes>();
  const auto run = ++run_;
  host::service_listener listener;
  listener.on_output = [log = log_](pid_t process, std::string_view piece) {
    if (piece.empty())
      log->end(process);
    else
      log->add(process, piece);
  };
  listener.on_event = [tell = hands_.tell, run](const service_event& what) { tell(run, what); };
  hands_.work(
      workplace::effects,
      [&host = host_, from = running_from_, slot = processes_, listener]() -> service_event {
        try {
          slot->run = host.os.services->start(service_spec_of(host, from), listener);
        } catch (const failure& why) {
          return service_events::not_spawned{why.what()};
        }
        return service_events::spawned{};
      },
      run);
}

std::function<host::process_result()> supervised_service::command_work(const std::string& command,
                                                                       duration time_limit) const {
  return [&host = host_, from = running_from_, command, time_limit, log = log_] {
    auto spec = service_process_of(host, from, command);
    spec.time_limit = time_limit;
    auto result = host.os.processes->run(spec, {}, [&](std::string_view piece) { log->add(0, piece); });
    log->end(0);
    return result;
  };
}

// That it fails is no reason not to go on: its service is ended by signals then.
void supervised_service::run_command(const std::string& command, duration time_limit) {
  hands_.work(
      workplace::hooks,
      [run = command_work(command, time_limit), log = log_]() -> service_event {
        try {
          run();
        } catch (const failure& why) {
          log->add(0, std::string{why.what()} + "\n");
        }
        return service_events::command_ended{};
      },
      run_);
}

std::function<void()> supervised_service::reload_work() const {
  const auto& app = app_of(running_from_);
  if (app.reload_command.empty())
    return {};
  return [run = command_work(app.reload_command, terms_of(app).start_timeout),
          name = running_from_.snap + "." + running_from_.app] {
    auto result = run();
    if (!result.succeeded())
      throw failure{"cannot reload service " + in_quotes(name) + ": its reload-command " +
                    (result.timed_out ? "took too long"
                     : result.signal  ? "was killed by signal " + std::to_string(result.signal)
                                      : "ended with exit status " + std::to_string(result.exit_status))};
  };
}

void supervised_service::kill() {
  if (machine_.is_running())
    end_all(true);
}

void supervised_service::end_all(bool by_force) {
  hands_.work(
      workplace::effects,
      [slot = processes_, by_force]() -> std::optional<service_event> {
        if (slot && slot->run && by_force)
          slot->run->kill();
        else if (slot && slot->run)
          slot->run->terminate();
        return std::nullopt;
      },
      run_);
}

} // namespace troupe
