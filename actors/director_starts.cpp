#include <algorithm>
#include <utility>

#include "actors/change.hpp"
#include "actors/director.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/alias_checks.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/rules/planner_checks.hpp"
#include "runtime/rules/store_request.hpp"

// From a request to a change that owns its snaps.

namespace troupe {

namespace {

std::string requester_text(std::uint32_t uid) {
  return uid == 0 ? "root" : "the user with id " + std::to_string(uid);
}

std::vector<std::string> names_in(const operation_request& request, bool with_prerequisites = true) {
  std::vector<std::string> names;
  for (const auto& snap : request.snaps)
    if (with_prerequisites || !snap.is_prerequisite)
      names.push_back(snap.snap);
  std::ranges::sort(names);
  return names;
}

} // namespace

caf::result<change_id> director::start(const operation_request& what) {
  check_request(what);
  if (what.on_conflict == conflict_policy::fail && what.wait_at_most)
    throw failure{"cannot start change: a time to wait was given, but not to wait"};
  auto op = std::make_shared<starting>();
  op->request = what;
  take_settings(op->request);
  add_who_yields(op->request, installed_);
  op->names = names_in(op->request);
  op->owner = {{}, 0, change_kind(what), with_->host->os.clock->now(), what.uid};
  op->begun = owe<change_id>();
  request(with_->journal, caf::infinite, get_journal_health{})
      .then(
          [this, op](const journal_health& health) {
            // Removing snaps and snapshots is how a user frees the disk.
            auto frees = [](const snap_request& wanted) {
              return wanted.verb == "remove" || wanted.verb == "forget-snapshot";
            };
            auto removes = !op->request.snaps.empty() && frees(op->request.snaps.front());
            if (!health.trouble.empty() && !removes)
              return op->begun.fail(
                  {failure_kind::unavailable, "cannot take new work: " + health.trouble});
            ask_for_claims(op);
          },
          [op](const caf::error& why) { op->begun.fail(why); });
  return caf::delegated<change_id>{};
}

void director::take_settings(operation_request& request) const {
  request.retain = static_cast<int>(settings_->options.retain());
  request.keeps_snapshots = settings_->options.snapshot_retention().has_value();
}

// --- claims -----------------------------------------------------------------------------------------

void director::ask_for_claims(const starting_ptr& op) {
  if (op->request.refreshes_all && op->request.on_conflict == conflict_policy::fail)
    if (auto why = pass_over_busy(op))
      return op->begun.fail(*why);
  auto id = op->owner.change = {++last_change_.value};
  auto policy = op->request.on_conflict;
  if (claims_.ask(id, op->names, false) == claim_table::answer::granted) {
    owners_.emplace(id, op->owner);
    return claim_all(
        op, [this, op] { begin_granted(op); }, [this, op](const failure& why) { give_up(op, why); });
  }
  --last_change_.value; // nobody has seen it
  // What is only wanted for others' sake, and on its way in another change, is waited for.
  if (policy == conflict_policy::fail && !claims_.obstacle_to(names_in(op->request, false)))
    policy = conflict_policy::wait;
  if (policy == conflict_policy::fail)
    op->begun.fail(conflict(claims_.obstacle_to(op->names).value()));
  else if (claiming_.size() >= limits::waiting_claims)
    op->begun.fail(
        {failure_kind::unavailable, "cannot start change: " + std::to_string(claiming_.size()) +
                                        " others wait for their snaps already; try again later"});
  else if (policy == conflict_policy::wait)
    begin_waiting(op);
  else
    ask_to_give_way(op, true);
}

// All snaps means all that can be refreshed now. By itself a refresh is tried again soon, so that one
// that finds all snaps busy is refused rather than made for nothing.
std::optional<failure> director::pass_over_busy(const starting_ptr& op) {
  auto& request = op->request;
  std::optional<failure> found;
  std::erase_if(request.snaps, [&](const snap_request& wanted) {
    auto obstacle = wanted.is_prerequisite ? std::nullopt : claims_.obstacle_to({wanted.snap});
    if (!obstacle)
      return false;
    found = conflict(*obstacle);
    request.notes.push_back("snap \"" + wanted.snap + "\" is passed over: change " +
                            to_string(obstacle->owner) + " works on it");
    return true;
  });
  drop_unneeded_prerequisites(request);
  op->names = names_in(request);
  return request.is_automatic && request.snaps.empty() ? found : std::nullopt;
}

failure director::conflict(const claim_table::obstacle& obstacle) const {
  const auto& owner = owners_.at(obstacle.owner);
  auto id = to_string(owner.change);
  auto age = with_->host->os.clock->now() - owner.since;
  json::object value{{"snap-name", obstacle.snap},
                     {"change-kind", owner.change_kind},
                     {"change-id", id},
                     {"age-s", std::chrono::duration_cast<std::chrono::seconds>(age).count()},
                     {"requester-uid", owner.requester_uid}};
  return {failure_kind::change_conflict,
          "snap \"" + obstacle.snap + "\" has \"" + owner.change_kind +
              "\" change in progress: change " + id + ", asked for by " +
              requester_text(owner.requester_uid) + " " + duration_text(age) +
              " ago; follow it with: troupe watch " + id + ", or end it with: troupe abort " + id,
          json::write(value)};
}

// All owners are asked before the first one is aborted, so that a refused request has no effect; an
// owner that moves on in between is waited for.
void director::ask_to_give_way(const starting_ptr& op, bool only_say) {
  std::map<std::string, change_actor> owners;
  for (const auto& name : op->names)
    if (auto owner = claims_.owner_of(name))
      if (auto live = live_.find(*owner); live != live_.end())
        owners.emplace(name, live->second.actor);
  auto left = std::make_shared<std::size_t>(owners.size());
  auto all = std::make_shared<bool>(true);
  auto answered = [this, op, only_say, left, all](bool gives_way) {
    *all = *all && gives_way;
    if (--*left > 0)
      return;
    if (*all && only_say)
      return ask_to_give_way(op, false);
    if (*all || !only_say)
      return begin_waiting(op);
    // The owner may have ended while it was asked.
    auto obstacle = claims_.obstacle_to(op->names);
    if (!obstacle)
      return ask_for_claims(op);
    auto why = conflict(*obstacle);
    op->begun.fail({why.kind(),
                    std::string{why.what()} +
                        "; it does more than to wait for running applications, so it isn't replaced",
                    why.value()});
  };
  if (owners.empty())
    return begin_waiting(op);
  for (const auto& [name, owner] : owners)
    request(owner, caf::infinite, give_way{name, only_say})
        .then([answered](bool gives_way) { answered(gives_way); },
              [answered](const caf::error&) { answered(false); });
}

/// Makes the claims that the table has granted known to the snaps' actors.
void director::claim_all(const starting_ptr& op, const std::function<void()>& granted,
                         const std::function<void(const failure&)>& failed) {
  auto left = std::make_shared<std::size_t>(op->names.size());
  auto problem = std::make_shared<std::optional<failure>>();
  auto answered = [left, problem, granted, failed] {
    if (--*left > 0)
      return;
    if (*problem)
      failed(**problem);
    else
      granted();
  };
  if (op->names.empty())
    return granted();
  for (const auto& name : op->names) {
    auto actor = use(name).actor;
    op->granted.emplace(name, snap_found{actor, {}});
    request(actor, caf::infinite, claim_snap{op->owner})
        .then(
            [op, name, answered, problem](const claim_answer& answer) {
              op->granted.at(name).state = answer.state;
              if (!answer.granted)
                *problem =
                    failure{failure_kind::internal, "cannot claim snap \"" + name + "\": change " +
                                                        to_string(answer.owner.change) +
                                                        " owns it unknown to the director"};
              answered();
            },
            [answered, problem](const caf::error& why) {
              *problem = to_failure(why);
              answered();
            });
  }
}

// Which lane works on a snap is known once the change is planned.
void director::assign_lanes(const starting_ptr& op, const std::vector<operation>& operations) {
  for (const auto& planned : operations) {
    auto who = op->owner;
    who.lane = planned.lane;
    caf::anon_send(op->granted.at(planned.snap).actor, claim_snap{who});
  }
}

void director::release(const starting_ptr& op, std::function<void()> released) {
  auto left = std::make_shared<std::size_t>(op->granted.size());
  auto one = [this, op, left, released = std::move(released)](const std::string& name) {
    drop(name);
    if (--*left > 0)
      return;
    free_claims(op->owner.change);
    released();
  };
  for (const auto& [name, found] : op->granted)
    request(found.actor, caf::infinite, release_claim{op->owner.change})
        .then([one, name](claim_released) { one(name); }, [one, name](const caf::error&) { one(name); });
}

// A prerequisite that came while its claim was waited for isn't worked on any more.
void director::release_unneeded(const starting_ptr& op, const std::vector<operation>& operations) {
  std::erase_if(op->granted, [&](const auto& granted) {
    const auto& [name, found] = granted;
    if (std::ranges::find(operations, name, &operation::snap) != operations.end())
      return false;
    caf::anon_send(found.actor, release_claim{op->owner.change});
    drop(name);
    return true;
  });
}

void director::free_claims(change_id change) {
  owners_.erase(change);
  claiming_.erase(change);
  for (auto next : claims_.leave(change))
    grant(next);
  for (const auto& [id, waiting] : claiming_)
    if (!waiting.is_granted)
      tell_obstacle(id);
}

// --- a change that has its claims -------------------------------------------------------------------

plan_context director::context_for(change_id change) {
  plan_context context;
  context.change = change;
  context.now = with_->host->os.clock->now();
  context.next_task = [this] { return task_id{++last_task_.value}; };
  context.installed = &installed_;
  context.spool = with_->host->paths.spool_dir();
  context.interfaces = &with_->host->interfaces;
  context.system = with_->host->system;
  for (const auto& [id, live] : live_)
    for (const auto& other : live.operations)
      context.under_way.push_back(&other);
  return context;
}

void director::begin_granted(const starting_ptr& op) {
  change_setup setup;
  try {
    auto context = context_for(op->owner.change);
    for (const auto& [name, found] : op->granted)
      context.claimed.emplace(name, found.state);
    setup.record = std::make_shared<const change_record>(plan(op->request, context));
  } catch (const failure& why) {
    return give_up(op, why);
  }
  auto operations = setup.record->operations;
  release_unneeded(op, operations);
  setup.snaps = op->granted;
  assign_lanes(op, operations);
  begin(op, std::move(setup), std::move(operations));
}

void director::begin(const starting_ptr& op, change_setup setup, std::vector<operation> operations) {
  setup.director = caf::actor_cast<director_actor>(this);
  auto id = op->owner.change;
  auto begun = spawn<change>(std::move(setup), with_);
  live_.emplace(id, live_change{begun, std::move(operations)});
  await_ages();
  request(begun, caf::infinite, begin_change{})
      .then([op](change_id id) { op->begun.deliver(id); },
            [this, op, begun, id](const caf::error& why) {
              send_exit(begun, caf::exit_reason::user_shutdown);
              live_.erase(id);
              give_up(op, to_failure(why));
            });
}

void director::give_up(const starting_ptr& op, const failure& why) {
  if (!op->granted.empty())
    return release(op, [op, why] { op->begun.fail(why); });
  free_claims(op->owner.change);
  op->begun.fail(why);
}

caf::result<change_record_ptr> director::plan_only(const operation_request& what) {
  auto context = context_for({});
  auto last = std::make_shared<task_id>();
  context.next_task = [last] { return task_id{++last->value}; };
  auto wanted = what;
  take_settings(wanted);
  add_who_yields(wanted, installed_);
  for (const auto& snap : wanted.snaps) {
    auto known = snaps_.find(snap.snap);
    context.claimed.emplace(snap.snap,
                            known == snaps_.end() ? unknown_state(snap.snap) : known->second.state);
  }
  return std::make_shared<const change_record>(plan(wanted, context));
}

// --- a change that waits for its claims -------------------------------------------------------------

void director::begin_waiting(const starting_ptr& op) {
  auto id = op->owner.change = {++last_change_.value};
  change_setup setup;
  try {
    setup.record = std::make_shared<const change_record>(plan_waiting(op->request, context_for(id)));
  } catch (const failure& why) {
    return op->begun.fail(why);
  }
  owners_.emplace(id, op->owner);
  queue_up(id, op->request, wait_limit_of(setup.record->tasks.front()));
  begin(op, std::move(setup), {});
}

std::optional<time_point> director::wait_limit_of(const task_record& task) {
  auto setup = json::parse_object(task.setup);
  auto until = setup.if_contains("until");
  return until ? std::optional{time_point{duration{until->to_number<std::int64_t>()}}} : std::nullopt;
}

void director::queue_up(change_id change, const operation_request& what,
                        std::optional<time_point> until) {
  auto& waiting = claiming_[change];
  waiting.request = what;
  waiting.names = names_in(what);
  waiting.until = until;
  waiting.is_granted = claims_.ask(change, waiting.names, true) == claim_table::answer::granted;
}

caf::result<claims_granted> director::claim_for(const claim_for_change& what) {
  auto found = claiming_.find(what.change);
  if (found == claiming_.end())
    throw failure{failure_kind::internal,
                  "cannot claim snaps for change " + to_string(what.change) + ": it asked for none"};
  auto& waiting = found->second;
  waiting.task = what.task;
  waiting.reply = owe<claims_granted>();
  if (waiting.is_granted) {
    grant(what.change);
    return caf::delegated<claims_granted>{};
  }
  tell_obstacle(what.change);
  if (waiting.until) {
    auto left = *waiting.until - with_->host->os.clock->now();
    delayed_send(this, std::max<duration>(left, duration::zero()), caf::tick_atom::value, what.change);
  }
  return caf::delegated<claims_granted>{};
}

/// Plans again, since the world may have moved while the change waited.
void director::grant(change_id change) {
  auto& waiting = claiming_.at(change);
  waiting.is_granted = true;
  if (!waiting.reply)
    return;
  auto op = std::make_shared<starting>();
  op->request = waiting.request;
  op->names = waiting.names;
  op->owner = owners_.at(change);
  auto reply = *std::exchange(waiting.reply, std::nullopt);
  auto refuse = [this, op, reply](const failure& why) {
    release(op, [reply, why]() mutable { reply.fail(why); });
  };
  auto plan_and_reply = [this, op, reply, refuse, task = waiting.task]() mutable {
    auto change = op->owner.change;
    try {
      auto context = context_for(change);
      context.after = task;
      for (const auto& [name, found] : op->granted)
        context.claimed.emplace(name, found.state);
      auto record = std::make_shared<const change_record>(plan(op->request, context));
      live_.at(change).operations = record->operations;
      release_unneeded(op, record->operations);
      assign_lanes(op, record->operations);
      claiming_.erase(change);
      reply.deliver({op->granted, record});
    } catch (const failure& why) {
      refuse(why);
    }
  };
  claim_all(op, plan_and_reply, refuse);
}

void director::stop_claiming(change_id change) {
  auto found = claiming_.find(change);
  if (found == claiming_.end() || !found->second.reply)
    return;
  auto reply = *std::exchange(found->second.reply, std::nullopt);
  free_claims(change);
  reply.deliver({});
}

void director::give_up_claiming(change_id change) {
  auto found = claiming_.find(change);
  if (found == claiming_.end() || !found->second.reply || found->second.is_granted)
    return;
  auto why = conflict(claims_.explain(change).value());
  auto reply = *std::exchange(found->second.reply, std::nullopt);
  free_claims(change);
  reply.fail({failure_kind::change_conflict, std::string{"cannot wait any longer: "} + why.what()});
}

void director::tell_obstacle(change_id change) {
  auto& waiting = claiming_.at(change);
  auto obstacle = claims_.explain(change);
  auto live = live_.find(change);
  if (live != live_.end() && waiting.task && obstacle && obstacle != waiting.told) {
    waiting.told = obstacle;
    send(live->second.actor, task_waits{waiting.task, waits::claim{obstacle->snap, obstacle->owner}});
  }
}

} // namespace troupe
