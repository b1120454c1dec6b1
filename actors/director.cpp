#include "actors/director.hpp"

#include <algorithm>

#include "actors/change.hpp"
#include "actors/snap.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe {

/// A request on its way to become a change.
struct director::starting {
  operation_request request;
  change_id id;
  std::vector<std::string> names; ///< In the order of claiming.
  std::map<std::string, snap_found> granted;
  owed_reply<change_id> reply;
};

namespace {

failure conflict(const std::string& name, const claim_owner& owner, time_point now) {
  auto age_s = std::chrono::duration_cast<std::chrono::seconds>(now - owner.since).count();
  json::object value{{"snap-name", name},
                     {"change-kind", owner.change_kind},
                     {"change-id", to_string(owner.change)},
                     {"age-s", age_s},
                     {"requester-uid", owner.requester_uid}};
  return {failure_kind::change_conflict,
          "snap \"" + name + "\" has \"" + owner.change_kind + "\" change in progress",
          json::write(value)};
}

claim_owner owner_of(const change_record& record, lane_number lane) {
  return {record.id, lane, record.kind, record.spawned_at, record.requester_uid};
}

bool names_snap(const change_view& view, const std::string& snap) {
  const auto& operations = view.record.operations;
  return snap.empty() || std::any_of(operations.begin(), operations.end(),
                                     [&](const operation& op) { return op.snap == snap; });
}

snap_state_ptr unknown_state(const std::string& name) {
  auto state = std::make_shared<snap_state>();
  state->name = name;
  return state;
}

change_view_ptr ended_view(change_record&& record) {
  auto view = std::make_shared<change_view>();
  view->ready = true;
  std::vector<graph_task> tasks;
  for (const auto& task : record.tasks)
    tasks.push_back({task.id, task.waits_for, task.lanes, true, task.status, task.waited});
  view->status = task_graph{std::move(tasks)}.change_status();
  view->record = std::move(record);
  return view;
}

} // namespace

director::director(caf::actor_config& config, journal_contents contents, company_ptr with)
    : actor_base{config, "director", with->inspector},
      with_{std::move(with)},
      contents_{std::move(contents)},
      last_change_{contents_.last_change},
      last_task_{contents_.last_task} {}

director::behavior_type director::make_behavior() {
  return {
      [this](begin_directing) { resume(); },
      [this](const start_operation& what) {
        return answer<change_id>([&] { return start(what.request); });
      },
      [this](list_snaps) {
        snap_list result;
        for (const auto& [name, state] : installed_)
          result.push_back(state);
        return result;
      },
      [this](const find_snap& what) {
        auto known = snaps_.find(what.name);
        return known == snaps_.end() ? snap_found{}
                                     : snap_found{known->second.actor, known->second.state};
      },
      [this](const snap_changed& what) {
        const auto& name = what.state->name;
        if (auto known = snaps_.find(name); known != snaps_.end())
          known->second.state = what.state;
        if (what.state->is_installed())
          installed_.insert_or_assign(name, what.state);
        else
          installed_.erase(name);
      },
      [this](const list_changes& what) { return list(what); },
      [this](const find_change& what) { return answer<change_view_ptr>([&] { return find(what.id); }); },
      [this](const abort_change_by_id& what) {
        return answer<change_view_ptr>([&] { return abort(what.id); });
      },
      [this](const change_ended& what) { ended(what.view); },
  };
}

// Members that hold each other would outlive the actors otherwise; so in changes and lanes.
void director::on_exit() {
  for (const auto& [id, actor] : live_)
    send_exit(actor, caf::exit_reason::user_shutdown);
  live_.clear();
  snaps_.clear();
}

// --- going on after a restart
// ---------------------------------------------------------------------------

void director::resume() {
  restore_snaps();
  for (auto& record : contents_.changes)
    restore_change(record);
  for (const auto& [id, view] : ended_)
    ended_order_.push_back(id);
  std::ranges::sort(ended_order_, {}, [this](change_id id) { return ended_.at(id)->record.ready_at; });
  contents_ = {};
}

void director::restore_snaps() {
  std::map<std::string, claim_owner> owners;
  for (const auto& record : contents_.changes)
    if (!is_set(record.ready_at))
      for (const auto& op : record.operations)
        owners.emplace(op.snap, owner_of(record, op.lane));
  for (const auto& state : contents_.snaps) {
    installed_.emplace(state->name, state);
    auto owner = owners.extract(state->name);
    add_snap(state, owner ? std::optional{owner.mapped()} : std::nullopt);
  }
  for (const auto& [name, owner] : owners)
    add_snap(unknown_state(name), owner);
}

void director::restore_change(change_record& record) {
  if (is_set(record.ready_at)) {
    auto id = record.id;
    ended_.emplace(id, ended_view(std::move(record)));
    return;
  }
  change_setup setup;
  setup.resumed = true;
  setup.director = caf::actor_cast<director_actor>(this);
  for (const auto& op : record.operations)
    setup.snaps.emplace(op.snap, snap_found{snaps_.at(op.snap).actor, snaps_.at(op.snap).state});
  auto id = record.id;
  under_way_.emplace(id, record.operations);
  setup.record = std::make_shared<const change_record>(std::move(record));
  auto going_on = spawn<change>(std::move(setup), with_);
  live_.emplace(id, going_on);
  request(going_on, caf::infinite, begin_change{}).then([](change_id) {}, [](const caf::error&) {});
}

// --- starting a change
// -------------------------------------------------------------------------------------

caf::result<change_id> director::start(const operation_request& what) {
  auto op = std::make_shared<starting>();
  op->request = what;
  for (const auto& snap : what.snaps)
    op->names.push_back(snap.snap);
  std::sort(op->names.begin(), op->names.end());
  auto twice = std::adjacent_find(op->names.begin(), op->names.end());
  if (op->names.empty())
    throw failure{"cannot start change: no snap is named"};
  if (twice != op->names.end())
    throw failure{"cannot start change: snap \"" + *twice + "\" is named twice"};
  op->id = {++last_change_.value};
  op->reply = owe<change_id>();
  request(with_->journal, caf::infinite, get_journal_health{})
      .then(
          [this, op](const journal_health& health) {
            // Removing snaps is how a user frees the disk.
            if (!health.trouble.empty() && op->request.snaps.front().verb != "remove")
              return op->reply.fail(
                  {failure_kind::unavailable, "cannot take new work: " + health.trouble});
            claim_next(op);
          },
          [op](const caf::error& why) { op->reply.fail(why); });
  return caf::delegated<change_id>{};
}

// Claims are taken in the order of the names, so that two requests for the same snaps can't each hold
// what the other wants.
void director::claim_next(const starting_ptr& op) {
  if (op->granted.size() == op->names.size())
    return plan_and_begin(op);
  const auto& name = op->names[op->granted.size()];
  const auto& wanted = op->request.snaps;
  auto lane = std::find_if(wanted.begin(), wanted.end(), [&](const auto& s) { return s.snap == name; }) -
              wanted.begin() + 1;
  auto now = with_->host->os.clock->now();
  claim_owner who{op->id, static_cast<lane_number>(lane), change_kind(op->request), now,
                  op->request.uid};
  auto actor = use(name).actor;
  request(actor, caf::infinite, claim_snap{who})
      .then(
          [this, op, name, actor, now](const claim_answer& answer) {
            if (!answer.granted) {
              drop(name);
              return give_up(op, conflict(name, answer.owner, now));
            }
            op->granted.emplace(name, snap_found{actor, answer.state});
            claim_next(op);
          },
          [this, op, name](const caf::error& why) {
            drop(name);
            give_up(op, to_failure(why));
          });
}

void director::plan_and_begin(const starting_ptr& op) {
  change_setup setup;
  setup.director = caf::actor_cast<director_actor>(this);
  setup.snaps = op->granted;
  change_actor begun;
  std::vector<operation> operations;
  try {
    plan_context context;
    context.change = op->id;
    context.now = with_->host->os.clock->now();
    context.next_task = [this] { return task_id{++last_task_.value}; };
    context.installed = &installed_;
    for (const auto& [name, found] : op->granted)
      context.claimed.emplace(name, found.state);
    for (const auto& [id, operations] : under_way_)
      for (const auto& other : operations)
        context.under_way.push_back(&other);
    setup.record = std::make_shared<const change_record>(plan(op->request, context));
    operations = setup.record->operations;
    begun = spawn<change>(std::move(setup), with_);
  } catch (const failure& why) {
    return give_up(op, why);
  }
  live_.emplace(op->id, begun);
  under_way_.emplace(op->id, std::move(operations));
  request(begun, caf::infinite, begin_change{})
      .then([op](change_id id) { op->reply.deliver(id); },
            [this, op](const caf::error& why) {
              send_exit(live_.at(op->id), caf::exit_reason::user_shutdown);
              live_.erase(op->id);
              under_way_.erase(op->id);
              give_up(op, to_failure(why));
            });
}

void director::give_up(const starting_ptr& op, const failure& why) {
  auto left = std::make_shared<std::size_t>(op->granted.size());
  if (op->granted.empty())
    return op->reply.fail(why);
  for (const auto& [name, found] : op->granted) {
    auto released = [this, op, why, left, name] {
      drop(name);
      if (--*left == 0)
        op->reply.fail(why);
    };
    request(found.actor, caf::infinite, release_claim{op->id})
        .then([released](claim_released) { released(); }, [released](const caf::error&) { released(); });
  }
}

// A snap that isn't installed has an actor only while a change or a request uses it.
director::known_snap& director::use(const std::string& name) {
  auto known = snaps_.find(name);
  auto& found = known == snaps_.end() ? add_snap(unknown_state(name), std::nullopt) : known->second;
  ++found.users;
  return found;
}

void director::drop(const std::string& name) {
  auto known = snaps_.find(name);
  if (known == snaps_.end())
    return;
  if (--known->second.users == 0 && !known->second.state->is_installed())
    snaps_.erase(known);
}

director::known_snap& director::add_snap(const snap_state_ptr& state,
                                         const std::optional<claim_owner>& owner) {
  auto actor = spawn<snap>(state, owner, caf::actor_cast<director_actor>(this), with_->inspector);
  return snaps_.insert_or_assign(state->name, known_snap{actor, state, owner ? 1U : 0U}).first->second;
}

// --- looking up
// ---------------------------------------------------------------------------------------------

caf::result<change_list> director::list(const list_changes& what) {
  struct gathering {
    std::map<change_id, change_view_ptr> found;
    std::size_t left = 0;
    owed_reply<change_list> reply;
  };
  auto all = std::make_shared<gathering>();
  if (what.select != "in-progress")
    for (const auto& [id, view] : ended_)
      if (names_snap(*view, what.snap))
        all->found.emplace(id, view);
  all->reply = owe<change_list>();
  auto finish = [all] {
    change_list result;
    for (const auto& [id, view] : all->found)
      result.push_back(view);
    all->reply.deliver(std::move(result));
  };
  if (what.select == "ready" || live_.empty()) {
    finish();
    return caf::delegated<change_list>{};
  }
  all->left = live_.size();
  for (const auto& [id, actor] : live_)
    request(actor, caf::infinite, get_change{})
        .then(
            [all, finish, snap = what.snap](const change_view_ptr& view) {
              if (names_snap(*view, snap))
                all->found.insert_or_assign(view->record.id, view);
              if (--all->left == 0)
                finish();
            },
            [all, finish](const caf::error&) {
              if (--all->left == 0)
                finish();
            });
  return caf::delegated<change_list>{};
}

namespace {
failure unknown_change(change_id id) {
  return {failure_kind::not_found, "cannot find change with id \"" + to_string(id) + "\""};
}
} // namespace

caf::result<change_view_ptr> director::find(change_id id) {
  if (auto live = live_.find(id); live != live_.end())
    return delegate(live->second, get_change{});
  if (auto known = ended_.find(id); known != ended_.end())
    return known->second;
  throw unknown_change(id);
}

caf::result<change_view_ptr> director::abort(change_id id) {
  if (auto live = live_.find(id); live != live_.end())
    return delegate(live->second, abort_change{});
  if (!ended_.contains(id))
    throw unknown_change(id);
  throw failure{"cannot abort change " + to_string(id) + " with nothing pending"};
}

void director::ended(const change_view_ptr& view) {
  live_.erase(view->record.id);
  under_way_.erase(view->record.id);
  for (const auto& op : view->record.operations)
    drop(op.snap);
  keep(view);
}

void director::keep(const change_view_ptr& view) {
  ended_.insert_or_assign(view->record.id, view);
  ended_order_.push_back(view->record.id);
  if (ended_.size() <= limits::ended_changes_kept)
    return;
  auto batch = std::make_shared<journal_batch>();
  batch->pruned.push_back(ended_order_.front());
  ended_.erase(ended_order_.front());
  ended_order_.pop_front();
  request(with_->journal, caf::infinite, append{std::move(batch)})
      .then([](committed) {}, [](const caf::error& why) { spdlog::warn("{}", to_failure(why).what()); });
}

} // namespace troupe
