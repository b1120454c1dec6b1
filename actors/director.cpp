#include "actors/director.hpp"

#include <algorithm>
#include <set>

#include "actors/change.hpp"
#include "actors/removal.hpp"
#include "actors/snap.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/lane_summaries.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe {

namespace {

claim_owner owner_of(const change_record& record, lane_number lane) {
  return {record.id, lane, record.kind, record.spawned_at, record.requester_uid};
}

/// The task that waits for the claims of a change which hasn't got them yet; null for others.
const task_record* claim_task_of(const change_record& record) {
  auto has_one_task = record.tasks.size() == 1;
  return has_one_task && record.tasks.front().kind == "claim-snaps" ? &record.tasks.front() : nullptr;
}

std::set<std::string> snaps_of(const std::vector<operation>& operations) {
  std::set<std::string> names;
  for (const auto& op : operations)
    names.insert(op.snap);
  return names;
}

bool names_snap(const change_view& view, const std::string& snap) {
  const auto& operations = view.record.operations;
  return snap.empty() || std::any_of(operations.begin(), operations.end(),
                                     [&](const operation& op) { return op.snap == snap; });
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

director::director(caf::actor_config& config, journal_contents contents, system_settings_ptr settings,
                   company_ptr with)
    : actor_base{config, "director", with->inspector},
      with_{std::move(with)},
      settings_{std::move(settings)},
      contents_{std::move(contents)},
      last_change_{contents_.last_change},
      last_task_{contents_.last_task} {}

director::behavior_type director::make_behavior() {
  return {
      [this](begin_directing) { go_on(); },
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
      [this](const complete_summary& what) {
        auto completed = what.lane;
        add_possible_peers(completed, installed_);
        return completed;
      },
      [this](const take_task_ids& what) {
        auto first = task_id{last_task_.value + 1};
        last_task_.value += what.count;
        return first;
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
      [this](const plan_operation& what) {
        return answer<change_record_ptr>([&] { return plan_only(what.request); });
      },
      [this](const claim_for_change& what) {
        return answer<claims_granted>([&] { return claim_for(what); });
      },
      [this](const struct stop_claiming& what) { stop_claiming(what.change); },
      [this](const list_changes& what) { return list(what); },
      [this](const find_change& what) { return answer<change_view_ptr>([&] { return find(what.id); }); },
      [this](const abort_change_by_id& what) {
        return answer<change_view_ptr>([&] { return abort(what); });
      },
      [this](const change_ended& what) { ended(what.view); },
      [this](const settings_changed& what) { settings_ = what.settings; },
      [this](const tasks_runnable& what) {
        if (runnable_.empty())
          delayed_send(this, limits::runnable_patience, caf::tick_atom::value);
        runnable_.insert(what.change);
      },
      [this](caf::tick_atom) {
        for (auto id : std::exchange(runnable_, {}))
          look_after(id);
      },
      [this](look_at_ages) {
        looks_at_ages_ = false;
        for (const auto& [id, change] : live_)
          look_after(id);
        if (!live_.empty())
          await_ages();
      },
      [this](caf::tick_atom, change_id id) {
        if (auto ended = ended_.find(id); ended != ended_.end())
          clean_up(ended->second);
        else
          give_up_claiming(id);
      },
  };
}

// Members that hold each other would outlive the actors otherwise; so in changes and lanes.
void director::on_exit() {
  for (const auto& [id, change] : live_)
    send_exit(change.actor, caf::exit_reason::user_shutdown);
  live_.clear();
  claiming_.clear();
  for (const auto& [name, known] : snaps_)
    send_exit(known.actor, caf::exit_reason::user_shutdown);
  snaps_.clear();
}

// --- going on after a restart
// ---------------------------------------------------------------------------

void director::go_on() {
  restore_snaps();
  // Owners come first, so that nobody who waits for them takes their snaps.
  std::ranges::stable_partition(contents_.changes,
                                [](const auto& record) { return !claim_task_of(record); });
  restore_admissions();
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
    if (!is_set(record.ready_at) && !claim_task_of(record))
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

// Before any change goes on, so that none gets in before a lane that was in already.
void director::restore_admissions() {
  std::map<std::string, snap_state_ptr> formers;
  for (const auto& state : contents_.snaps)
    formers.emplace(state->name, state);
  for (auto progress : {lane_progress::in_progress, lane_progress::perhaps})
    for (const auto& record : contents_.changes) {
      if (is_set(record.ready_at))
        continue;
      std::set<lane_number> lanes;
      for (const auto& op : record.operations)
        if (lanes.insert(op.lane).second && progress_of(record, op.lane) == progress) {
          auto summary = summarise_lane(record, op.lane, formers);
          add_possible_peers(summary, formers);
          send(with_->scheduler, restore_lane{std::move(summary)});
        }
    }
}

void director::restore_change(change_record& record) {
  auto id = record.id;
  if (is_set(record.ready_at)) {
    ended_.emplace(id, ended_view(std::move(record)));
    return;
  }
  change_setup setup;
  setup.resumed = true;
  setup.director = caf::actor_cast<director_actor>(this);
  owners_.emplace(id, owner_of(record, 0));
  live_change going_on;
  if (const auto* task = claim_task_of(record)) {
    queue_up(id, request_of(record), wait_limit_of(*task));
  } else {
    auto names = snaps_of(record.operations);
    for (const auto& name : names)
      setup.snaps.emplace(name, snap_found{snaps_.at(name).actor, snaps_.at(name).state});
    claims_.restore(id, {names.begin(), names.end()});
    going_on.operations = record.operations;
  }
  setup.record = std::make_shared<const change_record>(std::move(record));
  going_on.actor = spawn<change>(std::move(setup), with_);
  request(going_on.actor, caf::infinite, begin_change{})
      .then([](change_id) {}, [](const caf::error&) {});
  live_.emplace(id, std::move(going_on));
  await_ages();
}

// --- snaps ------------------------------------------------------------------------------------------

snap_state_ptr director::unknown_state(const std::string& name) {
  auto state = std::make_shared<snap_state>();
  state->name = name;
  return state;
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
  auto actor = spawn<snap>(state, owner, caf::actor_cast<director_actor>(this), with_->switchboard,
                           with_->inspector);
  return snaps_.insert_or_assign(state->name, known_snap{actor, state, owner ? 1U : 0U}).first->second;
}

// --- looking up
// ---------------------------------------------------------------------------------------------

caf::result<change_list> director::list(const list_changes& what) {
  prune();
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
  for (const auto& [id, change] : live_)
    request(change.actor, caf::infinite, get_change{})
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
    return delegate(live->second.actor, get_change{});
  if (auto known = ended_.find(id); known != ended_.end())
    return known->second;
  throw unknown_change(id);
}

caf::result<change_view_ptr> director::abort(const abort_change_by_id& what) {
  auto live = live_.find(what.id);
  if (live == live_.end()) {
    if (ended_.contains(what.id))
      throw failure{"cannot abort change " + to_string(what.id) + " with nothing pending"};
    throw unknown_change(what.id);
  }
  if (what.lanes.empty())
    return delegate(live->second.actor, abort_change{});
  return delegate(live->second.actor, abort_lanes{what.lanes});
}

void director::ended(const change_view_ptr& view) {
  auto id = view->record.id;
  auto live = live_.extract(id);
  if (!live)
    return;
  for (const auto& name : snaps_of(live.mapped().operations)) {
    if (auto known = snaps_.find(name); known != snaps_.end())
      send(with_->services, resume_services{known->second.state});
    drop(name);
  }
  ended_.insert_or_assign(id, view);
  ended_order_.push_back(id);
  clean_up(view);
  free_claims(id);
  prune();
}

// Nobody waits for it, however the change has ended; the next start looks for what is left even so.
void director::clean_up(const change_view_ptr& view) {
  std::vector<std::string> images;
  for (const auto& op : view->record.operations)
    if (!op.image.empty()) {
      images.push_back(op.image);
      if (op.download)
        images.push_back(partial_download(op.image));
    }
  if (images.empty())
    return;
  auto id = view->record.id;
  request(with_->effects, caf::infinite,
          perform_work{removal_of(std::move(images), with_->host->os.files)})
      .then([this, id](work_done) { cleanup_tries_.erase(id); },
            [this, id](const caf::error& why) {
              spdlog::warn("cannot clean up after change {}: {}", to_string(id), to_failure(why).what());
              if (!is_stopping(why) && ++cleanup_tries_[id] < limits::cleanup_tries)
                delayed_send(this, limits::cleanup_retry, caf::tick_atom::value, id);
              else
                cleanup_tries_.erase(id);
            });
}

// --- looking after changes --------------------------------------------------------------------------

void director::await_ages() {
  if (!std::exchange(looks_at_ages_, true))
    delayed_send(this, limits::age_look, look_at_ages{});
}

void director::look_after(change_id id) {
  if (auto live = live_.find(id); live != live_.end())
    send(live->second.actor, caf::tick_atom::value);
}

void director::prune() {
  auto oldest = with_->host->os.clock->now() - limits::ended_change_age;
  auto batch = std::make_shared<journal_batch>();
  while (!ended_order_.empty()) {
    auto id = ended_order_.front();
    if (ended_order_.size() <= limits::ended_changes_kept && ended_.at(id)->record.ready_at >= oldest)
      break;
    batch->pruned.push_back(id);
    ended_.erase(id);
    ended_order_.pop_front();
  }
  if (batch->pruned.empty())
    return;
  request(with_->journal, caf::infinite, append{std::move(batch)})
      .then([](committed) {}, [](const caf::error& why) { spdlog::warn("{}", to_failure(why).what()); });
}

} // namespace troupe
