#include "actors/services.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/limits.hpp"
#include "runtime/rules/services_at_start.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

bool runs_or_will(service_phase phase) {
  return phase == service_phase::starting || phase == service_phase::active ||
         phase == service_phase::waiting;
}

std::string key_of(const std::string& snap, const std::string& app) { return snap + "." + app; }

} // namespace

services::services(caf::actor_config& config, const task_host& host, performers_actor effects,
                   performers_actor hooks, inspector_actor inspector)
    : actor_base{config, "services", inspector},
      host_{host},
      effects_{std::move(effects)},
      hooks_{std::move(hooks)} {}

services::behavior_type services::make_behavior() {
  return {
      [this](const command_services& what) { return command(what.what); },
      [this](const boot_services& what) { boot(what.what); },
      [this](const resume_services& what) { start_left(*what.snap); },
      [this](list_services) {
        service_list all;
        for (const auto& [name, it] : services_)
          all.push_back(it.status());
        return all;
      },
      [this](const read_service_lines& what) {
        return answer<service_lines>([&] { return lines(what); });
      },
      [this](const service_happened& what) {
        if (auto found = services_.find(what.service); found != services_.end())
          found->second.hear(what.run, what.what);
        advance();
      },
      [this](stop_all_services) { return stop_all(); },
      [this](caf::tick_atom, const std::string& service, std::uint64_t timer) {
        if (auto found = services_.find(service); found != services_.end())
          found->second.time_is_up(timer);
        advance();
      },
      [this](caf::tick_atom) { hurry(); },
  };
}

void services::on_exit() {
  jobs_.clear();
  services_.clear();
  logs_.clear();
  last_word_.reset();
  effects_ = nullptr;
  hooks_ = nullptr;
}

supervised_service* services::find(const std::string& snap, const std::string& app) {
  auto found = services_.find(key_of(snap, app));
  return found == services_.end() ? nullptr : &found->second;
}

/// The service, which from now on is started as this command says.
supervised_service& services::made(const service_command& what, const std::string& app) {
  service_origin from{what.snap, what.rev, what.info, app};
  auto key = key_of(what.snap, app);
  if (auto* known = find(what.snap, app)) {
    known->use(std::move(from));
    return *known;
  }
  service_hands hands;
  hands.work = [this, key](workplace where, std::function<std::optional<service_event>()> work,
                           std::uint64_t run) {
    auto came = std::make_shared<std::optional<service_event>>();
    auto wrapped = std::make_shared<const std::function<void()>>([came, work] { *came = work(); });
    request(where == workplace::hooks ? hooks_ : effects_, caf::infinite, perform_work{wrapped})
        .then(
            [this, key, run, came](work_done) {
              if (auto found = services_.find(key); *came && found != services_.end())
                found->second.hear(run, **came);
              advance();
            },
            [key](const caf::error& why) {
              if (!is_stopping(why))
                spdlog::error("service {}: {}", key, to_failure(why).what());
            });
  };
  hands.tell = [self = services_actor{this}, key](std::uint64_t run, service_event event) {
    caf::anon_send(self, service_happened{key, run, std::move(event)});
  };
  hands.set_timer = [this, key](duration after, std::uint64_t timer) {
    delayed_send(this, after, caf::tick_atom::value, key, timer);
  };
  return services_
      .emplace(std::piecewise_construct, std::forward_as_tuple(key),
               std::forward_as_tuple(host_, std::move(from), log_of(what.snap, app), std::move(hands)))
      .first->second;
}

// --- the daemon's start -------------------------------------------------------------------------------

void services::boot(const services_at_boot& what) {
  if (!host_.os.services || is_stopping_)
    return;
  for (const auto& one : what.now)
    add_job(one, std::nullopt);
  for (const auto& one : what.later)
    left_for_later_.emplace(one.snap, one.apps);
  advance();
}

/// The change may have started them, or have left them off for good.
void services::start_left(const snap_state& snap) {
  if (left_for_later_.erase(snap.name) == 0 || is_stopping_)
    return;
  auto command = start_of_services(snap);
  if (!command)
    return;
  std::erase_if(command->apps, [&](const std::string& app) {
    const auto* it = find(snap.name, app);
    return it && it->machine().phase() != service_phase::inactive;
  });
  add_job(*command, std::nullopt);
  advance();
}

// --- commands -----------------------------------------------------------------------------------------

caf::result<service_result> services::command(const service_command& what) {
  if (is_stopping_)
    return stopping_error();
  // Nobody supervises services here.
  if (!host_.os.services)
    return service_result{};
  add_job(what, owe<service_result>());
  advance();
  return caf::delegated<service_result>{};
}

void services::add_job(const service_command& what, std::optional<owed_reply<service_result>> reply) {
  const auto is_boot = !reply;
  auto& added = jobs_.emplace_back(job{what, std::move(reply), {}, {}});
  if (what.only_active)
    std::erase_if(added.what.apps, [&](const std::string& app) {
      const auto* it = find(what.snap, app);
      return !it || !runs_or_will(it->machine().phase());
    });
  if (!is_boot)
    added.awaited = taken_from_boot(added.what);
  // Those that have never been begun aren't among what is stopped.
  if (what.verb == service_verb::stop)
    for (const auto& app : added.awaited)
      if (!find(what.snap, app))
        added.result.stopped.push_back(app);
  if (what.info)
    for (const auto& app : what.info->apps)
      if (auto* known = find(what.snap, app.name); known && app.is_service())
        known->use({what.snap, what.rev, what.info, app.name});
  if (what.verb == service_verb::reload)
    return reload(added);
  if (what.verb != service_verb::start)
    added.stages.push_back(stage_of(what, added.what.apps, false));
  if (what.verb != service_verb::stop)
    added.stages.push_back(stage_of(what, added.what.apps, true));
  for (auto& each : added.stages)
    each.goes_on = is_boot;
}

/// What a command is about isn't started any more for the daemon's start, which would come too late:
/// after a stop, or from a revision that has gone. Returns which; for a stop also those that would have
/// been started, had no change been under way.
std::set<std::string> services::taken_from_boot(const service_command& what) {
  const auto is_stop_of_all = what.verb == service_verb::stop && what.apps.empty();
  const auto is_meant = [&](const std::string& app) {
    return is_stop_of_all || std::ranges::find(what.apps, app) != what.apps.end();
  };
  std::set<std::string> taken;
  if (auto left = left_for_later_.find(what.snap);
      left != left_for_later_.end() && what.verb == service_verb::stop)
    std::ranges::copy_if(left->second, std::inserter(taken, taken.end()), is_meant);
  for (auto& other : jobs_)
    if (!other.reply && other.what.snap == what.snap)
      for (auto& each : other.stages)
        std::erase_if(each.left, [&](const auto& entry) {
          const auto is_taken = is_meant(entry.first);
          if (is_taken)
            taken.insert(entry.first);
          return is_taken;
        });
  return taken;
}

services::stage services::stage_of(const service_command& what, const std::vector<std::string>& apps,
                                   bool starts) {
  std::set<std::string> wanted{apps.begin(), apps.end()};
  snap_info_ptr info = what.info;
  for (const auto& [key, it] : services_)
    if (auto status = it.status(); status.snap == what.snap) {
      if (what.verb == service_verb::stop && !starts && apps.empty())
        wanted.insert(status.app);
      if (!info)
        info = std::make_shared<const snap_info>(it.info());
    }
  auto before = info ? services_before(*info, wanted) : std::map<std::string, std::set<std::string>>{};
  if (starts)
    return {true, false, std::move(before)};
  stage result;
  for (const auto& name : wanted)
    result.left[name];
  for (const auto& [later, earlier] : before)
    for (const auto& name : earlier)
      result.left[name].insert(later);
  return result;
}

/// Those with a reload-command run it, one after the other; the others are restarted.
void services::reload(job& of) {
  std::vector<std::string> others;
  auto commands = std::make_shared<std::vector<std::function<void()>>>();
  for (const auto& app : of.what.apps) {
    const auto* it = find(of.what.snap, app);
    auto work = it && it->machine().phase() == service_phase::active ? it->reload_work()
                                                                     : std::function<void()>{};
    if (work)
      commands->push_back(std::move(work));
    else
      others.push_back(app);
  }
  if (!others.empty()) {
    of.stages.push_back(stage_of(of.what, others, false));
    of.stages.push_back(stage_of(of.what, others, true));
  }
  if (commands->empty())
    return;
  auto all = std::make_shared<const std::function<void()>>([commands] {
    for (const auto& command : *commands)
      command();
  });
  auto moved = std::make_shared<job>(std::move(of));
  jobs_.pop_back();
  request(hooks_, caf::infinite, perform_work{all})
      .then(
          [this, moved](work_done) {
            jobs_.push_back(std::move(*moved));
            advance();
          },
          [moved](const caf::error& why) { moved->reply->fail(why); });
}

void services::advance() {
  for (auto at = jobs_.begin(); at != jobs_.end();)
    at = advance(*at) ? jobs_.erase(at) : std::next(at);
  tell_whether_gone();
}

/// Goes as far as it can; returns whether all is done.
bool services::advance(job& of) {
  while (!of.stages.empty()) {
    auto& now = of.stages.front();
    const auto has_moved = look_at_open(of, now);
    if (has_moved)
      continue;
    if (now.left.empty() && now.open.empty())
      of.stages.pop_front();
    else if (!begin_next(of, now))
      return false;
  }
  finish(of);
  return true;
}

/// Whether one of those begun is done, or has failed.
bool services::look_at_open(job& of, stage& now) {
  for (const auto& app : now.open) {
    const auto* it = find(of.what.snap, app);
    const auto is_fine = it ? is_done(*it, now.starts) : std::optional{true};
    if (!is_fine)
      continue;
    if (!*is_fine) {
      failure why{"cannot " + std::string{now.starts ? "start" : "stop"} + " service " +
                  in_quotes(key_of(of.what.snap, app)) + ": " + it->trouble()};
      if (!now.goes_on) {
        undo(of, std::move(why));
        return true;
      }
      spdlog::warn("{}", why.what());
    }
    now.open.erase(app);
    return true;
  }
  return false;
}

/// Nothing: not yet.
std::optional<bool> services::is_done(const supervised_service& it, bool starts) const {
  const auto phase = it.machine().phase();
  if (!starts)
    return phase == service_phase::inactive ? std::optional{true}
           : it.machine().is_stuck()        ? std::optional{false}
                                            : std::nullopt;
  // What ends as soon as it is ready has been started all the same, whoever hears of both when.
  if (it.machine().was_ready())
    return true;
  if (it.machine().is_stuck())
    return false;
  if (phase == service_phase::starting || phase == service_phase::stopping)
    return std::nullopt;
  return false;
}

/// Begins those that wait for no other by now; returns whether there was one.
bool services::begin_next(job& of, stage& now) {
  const auto waits = [&](const std::string& name) {
    return now.left.contains(name) || now.open.contains(name);
  };
  std::vector<std::string> next;
  for (const auto& [app, before] : now.left)
    if (std::ranges::none_of(before, waits))
      next.push_back(app);
  // Those that wait for each other are begun by name.
  if (next.empty() && now.open.empty())
    next.push_back(now.left.begin()->first);
  for (const auto& app : next) {
    now.left.erase(app);
    begin(of, app, now.starts);
  }
  return !next.empty();
}

void services::begin(job& of, const std::string& app, bool starts) {
  auto* it = starts && of.what.info ? &made(of.what, app) : find(of.what.snap, app);
  if (!it)
    return;
  const auto ran = of.awaited.contains(app) || runs_or_will(it->machine().phase());
  if (starts) {
    if (!ran && !of.fault)
      of.result.started.push_back(app);
    it->start();
  } else {
    if (ran && !of.fault)
      of.result.stopped.push_back(app);
    it->stop();
  }
  of.stages.front().open.insert(app);
}

/// Makes good what a command has done that can't go on.
void services::undo(job& of, failure why) {
  of.stages.clear();
  auto begun = of.result.started;
  std::erase_if(begun, [&](const auto& app) {
    return std::ranges::find(of.result.stopped, app) != of.result.stopped.end();
  });
  // No name would mean all of them.
  if (!begun.empty())
    of.stages.push_back(stage_of(of.what, begun, false));
  if (!of.result.stopped.empty())
    of.stages.push_back(stage_of(of.what, of.result.stopped, true));
  for (auto& each : of.stages)
    each.goes_on = true;
  of.fault = std::move(why);
}

void services::finish(job& of) {
  if (!of.reply)
    return;
  if (of.fault)
    return of.reply->fail(*of.fault);
  if (of.what.forgets)
    std::erase_if(services_, [&](const auto& entry) {
      const auto goes = entry.second.status().snap == of.what.snap &&
                        entry.second.machine().phase() == service_phase::inactive;
      if (goes)
        logs_.erase(entry.first);
      return goes;
    });
  std::ranges::sort(of.result.started);
  std::ranges::sort(of.result.stopped);
  of.reply->deliver(of.result);
}

// --- what they write ----------------------------------------------------------------------------------

std::shared_ptr<host::service_log> services::log_of(const std::string& snap, const std::string& app) {
  auto& log = logs_[key_of(snap, app)];
  const auto in_files = host_.os.services && host_.os.services->keeps_files();
  if (!log)
    log = std::make_shared<host::service_log>(
        key_of(snap, app), in_files ? host_.paths.service_log(snap, app) : std::filesystem::path{},
        host_.os.clock);
  return log;
}

service_lines services::lines(const read_service_lines& what) {
  service_lines result;
  for (const auto& [snap, app] : what.services) {
    auto own = log_of(snap, app)->last(what.most, what.follower);
    result.insert(result.end(), own.begin(), own.end());
  }
  std::ranges::stable_sort(result, {}, &service_line::at);
  if (result.size() > what.most)
    result.erase(result.begin(), result.end() - static_cast<std::ptrdiff_t>(what.most));
  return result;
}

// --- the daemon's end ---------------------------------------------------------------------------------

caf::result<services_gone> services::stop_all() {
  is_stopping_ = true;
  jobs_.clear();
  last_word_ = owe<services_gone>();
  for (auto& [name, it] : services_)
    it.stop();
  delayed_send(this, limits::services_stop, caf::tick_atom::value);
  tell_whether_gone();
  return caf::delegated<services_gone>{};
}

void services::hurry() {
  if (std::exchange(has_killed_, true))
    return say_last_word();
  for (auto& [name, it] : services_)
    it.kill();
  delayed_send(this, limits::process_stop_grace, caf::tick_atom::value);
}

void services::tell_whether_gone() {
  const auto has_gone = [](const auto& entry) {
    return entry.second.machine().phase() == service_phase::inactive;
  };
  if (is_stopping_ && std::ranges::all_of(services_, has_gone))
    say_last_word();
}

void services::say_last_word() {
  if (last_word_)
    last_word_->deliver({});
  last_word_.reset();
}

} // namespace troupe
