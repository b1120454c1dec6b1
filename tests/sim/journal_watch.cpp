#include "tests/sim/journal_watch.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "runtime/api/timestamps.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/snapshots/snapshots.hpp"

namespace troupe::sim {

namespace {

constexpr std::size_t events_shown = 40;

bool waits_for_claims(const change_record& change) {
  return change.tasks.size() == 1 && change.tasks.front().kind == "claim-snaps";
}

/// Whether it takes away what no undo brings back.
bool is_irreversible(const std::string& kind) {
  return kind == "clear-snap" || kind == "discard-snap" || kind == "drop-former-data" ||
         kind == "drop-replaced-data" || kind == "forget-snapshot";
}

/// Whether a failed task says that it couldn't take back what it had done.
bool leaves_something(const task_row& row) {
  return std::ranges::any_of(row.log, [](const std::string& line) {
    return line.find("something is left of it") != line.npos;
  });
}

} // namespace

void journal_watch::note(const std::string& event) {
  for (unsigned char byte : event)
    digest_ = (digest_ ^ byte) * 1099511628211U;
  events_.push_back(event);
  if (events_.size() > events_shown)
    events_.pop_front();
}

void journal_watch::broken(const std::string& rule) {
  if (problem_.empty())
    problem_ = rule;
}

bool journal_watch::is_any_task(task_status status) const {
  for (const auto& [id, change] : live_)
    for (const auto& task : change.record.tasks)
      if (task.status == status)
        return true;
  return false;
}

// --- following --------------------------------------------------------------------------------------

void journal_watch::committing(std::span<const journal_batch> batches) {
  if (!attempts_.empty())
    hit(hits_, sometimes::commit_failed);
  attempts_.emplace_back(batches.begin(), batches.end());
}

void journal_watch::committed(std::span<const journal_batch> batches) {
  attempts_.clear();
  for (const auto& batch : batches) {
    picture_.apply(batch);
    if (!batch.settings.empty())
      recent_settings_.push_back(picture_.settings);
    for (const auto& change : batch.new_changes)
      begin(*change);
    for (const auto& more : batch.added)
      add(more);
    for (const auto& row : batch.tasks)
      set(row);
    for (const auto& state : batch.snaps)
      note("state of " + state->name + ", version " + std::to_string(state->version));
    for (const auto& state : batch.snaps)
      if (state->is_installed())
        installed_.insert_or_assign(state->name, state);
      else
        installed_.erase(state->name);
    for (const auto& change : batch.ended)
      end(change);
  }
  check_started();
  check_owners();
  check_lanes();
}

void journal_watch::found(const journal_contents& contents) {
  const auto is = durable_picture::of(contents);
  // What failed may still come to light until a commit has been written over it.
  if (is == picture_)
    return;
  auto differences = "as committed and as found: " + picture_.difference(is);
  for (const auto& attempt : attempts_) {
    auto with = picture_;
    for (const auto& batch : attempt)
      with.apply(batch);
    if (is != with) {
      differences += "; with a commit that failed: " + with.difference(is);
      continue;
    }
    hit(hits_, sometimes::commit_kept);
    return committed(std::vector{attempt});
  }
  broken("the journal has lost a commit, or kept one in part; " + differences);
}

void journal_watch::find_formers(watched_change& change) const {
  change.formers.clear();
  change.data = on_.data;
  change.troubles = troubles_;
  for (const auto& op : change.record.operations)
    if (auto found = installed_.find(op.snap); found != installed_.end())
      change.formers.insert(*found);
}

void journal_watch::begin(const change_record& record) {
  if (!begun_.insert(record.id).second)
    broken("change " + to_string(record.id) + " is made a second time");
  auto& change = live_[record.id];
  change.record = record;
  find_formers(change);
  if (record.kind == "auto-refresh")
    check_automatic(change);
  for (std::size_t place = 0; place < record.tasks.size(); ++place) {
    change.places.emplace(record.tasks[place].id, place);
    change_of_.emplace(record.tasks[place].id, record.id);
  }
  note("change " + to_string(record.id) + ": " + record.summary);
}

void journal_watch::add(const added_tasks& more) {
  auto found = live_.find(more.change);
  if (found == live_.end())
    return broken("change " + to_string(more.change) +
                  " gets tasks, though it isn't durable or has ended");
  auto& change = found->second;
  if (!more.operations.empty()) {
    change.record.operations = more.operations;
    find_formers(change);
    hit(hits_, sometimes::claims_after_wait);
    note("change " + to_string(more.change) + " has its claims");
  }
  for (const auto& [task, waits_for] : more.waits)
    change.record.tasks[change.places.at(task)].waits_for = waits_for;
  for (const auto& task : more.tasks) {
    change.places.emplace(task.id, change.record.tasks.size());
    change_of_.emplace(task.id, more.change);
    change.record.tasks.push_back(task);
  }
}

void journal_watch::set(const task_row& row) {
  auto of = change_of_.find(row.id);
  if (of == change_of_.end())
    return broken("task " + to_string(row.id) +
                  " goes on, though its change isn't durable or has ended");
  auto& change = live_.at(of->second);
  auto& task = change.record.tasks[change.places.at(row.id)];
  if (task.status == row.status)
    return;
  auto step = to_string(task.status) + " -> " + to_string(row.status);
  hit(hits_, step);
  note("change " + to_string(change.record.id) + " task " + to_string(row.id) + " " + task.kind + ": " +
       step);
  if (row.status == task_status::doing || row.status == task_status::undoing)
    started_[row.id] = row.status;
  auto was_undone = task.status == task_status::undoing || task.status == task_status::undo;
  if (task.kind == "connect" && json::bool_or(json::parse_object(task.setup), "automatic")) {
    if (row.status == task_status::done)
      hit(hits_, sometimes::connected_by_itself);
    if (row.status == task_status::undone)
      hit(hits_, sometimes::connection_undone);
  }
  if (row.status == task_status::error && !was_undone && task.kind == "start-snap-services" &&
      change.record.operations[static_cast<std::size_t>(task.operation)].verb == "refresh")
    hit(hits_, sometimes::service_fails_refresh);
  if (row.status == task_status::error && (was_undone || leaves_something(row))) {
    hit(hits_, was_undone ? sometimes::undo_fails : sometimes::take_back_fails);
    change.undo_failed = true;
    if (task.operation >= 0)
      model_.give_up(change.record.operations[static_cast<std::size_t>(task.operation)].snap);
  }
  // A lane that only waited for its admission is undone without it.
  auto has_effect = row.status == task_status::done ||
                    (row.status == task_status::undone && change.ever_done.contains(row.id));
  if (row.status == task_status::done)
    change.ever_done.insert(row.id);
  if (has_effect && is_critical_work(task.kind))
    change.at_work.insert(task.lanes.begin(), task.lanes.end());
  task.status = row.status;
}

void journal_watch::end(const change_end& how) {
  auto found = live_.find(how.id);
  if (found == live_.end())
    return broken("change " + to_string(how.id) + " ended twice");
  const auto& change = found->second;
  note("change " + to_string(how.id) + " ended: " + how.error);
  for (const auto& task : change.record.tasks)
    if (!is_ready(task.status))
      broken("change " + to_string(how.id) + " ended with task " + to_string(task.id) + " in " +
             to_string(task.status));
  if (how.error.find("cannot wait any longer") != how.error.npos)
    hit(hits_, sometimes::wait_limit);
  if (!waits_for_claims(change.record)) {
    std::size_t done = 0;
    const auto operations = change.record.operations.size();
    for (std::size_t place = 0; place < operations; ++place)
      done += check_operation(change, place);
    if (done > 0 && done < operations)
      hit(hits_, sometimes::part_undone);
  }
  for (const auto& task : change.record.tasks)
    change_of_.erase(task.id);
  live_.erase(found);
}

// --- the invariants ---------------------------------------------------------------------------------

/// What refreshes by itself leaves alone what failed here and what is held.
void journal_watch::check_automatic(const watched_change& change) {
  std::vector<std::string> faults;
  std::vector<system_settings> recent;
  for (const auto& stored : recent_settings_)
    recent.push_back(settings_from_stored(stored, from_rfc3339, faults));
  for (const auto& fault : faults)
    broken(fault);
  std::map<std::string, revision> targets;
  for (const auto& op : change.record.operations)
    if (op.verb == "refresh")
      targets.insert_or_assign(op.snap, op.rev);
  for (const auto& [snap, rev] : targets) {
    hit(hits_, sometimes::automatic_refresh);
    const auto& state = *change.formers.at(snap);
    if (std::ranges::find(state.bad, rev, &bad_revision::rev) != state.bad.end())
      broken("snap " + snap + " is refreshed by itself to revision " + to_string(rev) +
             ", which has failed");
    // It may be there only as an older one.
    auto current = std::ranges::find(state.revisions, state.current, &installed_revision::rev);
    if (std::ranges::find(current, state.revisions.end(), rev, &installed_revision::rev) !=
        state.revisions.end())
      broken("snap " + snap + " is refreshed by itself to revision " + to_string(rev) +
             ", which was reverted from");
    auto is_held = [&](const system_settings& by) {
      return !holds_on(by.all_holds(), snap, refresh_cause::automatic, on_.now).empty();
    };
    if (!recent.empty() && std::ranges::all_of(recent, is_held))
      broken("snap " + snap + " is refreshed by itself although it is held");
  }
}

/// Whatever is done comes after all it waits for; whatever is undone, before all that waited for it.
void journal_watch::check_started() {
  for (const auto& [id, status] : std::exchange(started_, {})) {
    auto of = change_of_.find(id);
    if (of == change_of_.end())
      continue;
    const auto& change = live_.at(of->second);
    const auto& task = change.record.tasks[change.places.at(id)];
    if (task.status != status)
      continue;
    if (status == task_status::doing)
      for (auto before : task.waits_for)
        if (change.record.tasks[change.places.at(before)].status != task_status::done)
          broken("task " + to_string(id) + " is done before task " + to_string(before));
    if (status != task_status::undoing)
      continue;
    for (const auto& other : change.record.tasks) {
      if (std::ranges::find(other.waits_for, id) != other.waits_for.end() && !is_ready(other.status))
        broken("task " + to_string(id) + " is undone before task " + to_string(other.id));
      if (other.status == task_status::undoing && other.lanes != task.lanes)
        hit(hits_, sometimes::undos_together);
    }
  }
}

void journal_watch::check_owners() {
  std::map<std::string, change_id> owners;
  for (const auto& [id, change] : live_) {
    if (waits_for_claims(change.record))
      continue;
    for (const auto& op : change.record.operations)
      if (auto [other, is_first] = owners.emplace(op.snap, id); !is_first && other->second != id)
        broken("changes " + to_string(other->second) + " and " + to_string(id) + " both own snap " +
               op.snap);
  }
}

void journal_watch::check_lanes() {
  std::vector<lane_at_work> at_work;
  for (auto& [id, change] : live_) {
    if (change.at_work.empty())
      continue;
    std::set<lane_number> unready;
    for (const auto& task : change.record.tasks)
      if (!is_ready(task.status))
        unready.insert(task.lanes.begin(), task.lanes.end());
    // One that is ready has left; when it is undone later it has to get in anew.
    std::erase_if(change.at_work, [&](lane_number lane) { return !unready.contains(lane); });
    for (auto& lane : lanes_of(change.record, change.formers))
      if (change.at_work.contains(lane.key.lane))
        at_work.push_back(std::move(lane));
  }
  lanes_in_progress_ = at_work.size();
  if (at_work.size() > 1)
    hit(hits_, sometimes::lanes_together);
  for (std::size_t i = 0; i < at_work.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (must_not_meet(at_work[i], at_work[j]))
        broken("lanes " + to_string(at_work[j].key) + " and " + to_string(at_work[i].key) +
               " are in progress together");
}

namespace {

/// Whether data is what it was, and what hooks of this revision have added since.
bool is_own_work(const std::string& now, const std::string& before, revision rev) {
  if (!now.starts_with(before))
    return false;
  std::istringstream added{now.substr(before.size())};
  for (std::string mark; std::getline(added, mark, ';');)
    if (!mark.ends_with("@" + to_string(rev)))
      return false;
  return true;
}

} // namespace

/// A revision's data is what its own runs have left; a refresh begins with a copy of the former's.
void journal_watch::check_data(const watched_change& change, const operation& op, bool is_done) {
  auto of = [&](const std::map<std::string, std::string>& all, revision rev) {
    auto found = all.find("/root/var/snap/" + op.snap + "/" + to_string(rev));
    return found == all.end() ? std::string{} : found->second;
  };
  // What it stepped through is gone by then.
  auto has_former = on_.entries.contains("/root/var/snap/" + op.snap + "/" + to_string(op.from));
  auto before = is_done && op.verb == "refresh" ? of(on_.data, op.from) : of(change.data, op.rev);
  if (is_done && has_former && !is_own_work(of(on_.data, op.rev), before, op.rev))
    broken("after the " + op.verb + " the data of snap " + op.snap + " isn't what its revision left");
  if (has_former && !is_own_work(of(on_.data, op.from), of(change.data, op.from), op.from))
    broken("the " + op.verb + " of snap " + op.snap + " has changed the former revision's data");
}

/// A save, or a removal that keeps one, has left a snapshot if it was done, and none if it was undone; a
/// restore has left the data that was saved, or the former.
void journal_watch::check_snapshots(const watched_change& change, const operation& op, bool is_done) {
  const auto kept = [&](std::uint64_t set, revision rev) {
    const auto file = snapshot_file("/root/var/lib/troupe/snapshots", snapshot_key{set, op.snap, rev});
    auto found = on_.snapshots.find(file.string());
    return found == on_.snapshots.end() ? nullptr : &found->second;
  };
  const auto name = op.verb + " of snap " + op.snap;
  for (const auto& task : change.record.tasks) {
    if (task.kind != "save-snapshot" ||
        change.record.operations[static_cast<std::size_t>(task.operation)].snap != op.snap)
      continue;
    const auto setup = json::parse_object(task.setup);
    const auto rev = revision_from_text(json::string_or(setup, "revision", to_string(op.rev))).value();
    if (is_done != (kept(change.record.id.value, rev) != nullptr))
      broken("the " + name + (is_done ? " has kept no snapshot" : ", which was undone, has left one"));
  }
  if (op.verb != "restore-snapshot")
    return;
  const auto former = change.formers.find(op.snap);
  const auto* saved = kept(op.snapshot_set, op.rev);
  if (former == change.formers.end() || (is_done && !saved))
    return;
  const auto data = "/root/var/snap/" + op.snap + "/" + to_string(former->second->current);
  const auto in = [&](const std::map<std::string, std::string>& all) {
    auto found = all.find(data);
    return found == all.end() ? std::string{} : found->second;
  };
  const auto expected = is_done && saved->revision ? *saved->revision : in(change.data);
  if (in(on_.data) != expected)
    broken("after the " + name + ", which was " + (is_done ? "done" : "undone") +
           ", the data is another");
}

void journal_watch::daemon_started() {
  std::vector<operation> amid;
  for (auto& [id, change] : live_) {
    change.across_start = true;
    if (!waits_for_claims(change.record))
      amid.insert(amid.end(), change.record.operations.begin(), change.record.operations.end());
  }
  services_.daemon_started(amid);
}

bool journal_watch::is_busy(const std::string& snap) const {
  return std::ranges::any_of(live_, [&](const auto& entry) {
    return !waits_for_claims(entry.second.record) &&
           std::ranges::find(entry.second.record.operations, snap, &operation::snap) !=
               entry.second.record.operations.end();
  });
}

void journal_watch::check_services(const std::set<std::string>& running, bool is_settled) {
  std::set<std::string> found;
  for (const auto& name : running) {
    const auto dot = name.find('.');
    const auto snap = name.substr(0, dot);
    const auto service = name.substr(0, name.find('@'));
    found.insert(service);
    if (!is_unsure(snap) && !is_busy(snap) &&
        services_.of(snap, service.substr(dot + 1)) == expected_services::state::off)
      broken("service " + name + " runs, though it shouldn't");
  }
  if (!is_settled)
    return;
  for (const auto& service : services_.wanted())
    if (const auto snap = service.substr(0, service.find('.')); !found.contains(service) &&
                                                                !troubles_.now.contains(service) &&
                                                                !is_unsure(snap) && !is_busy(snap))
      broken("service " + service + " doesn't run, though it should");
}

/// Those of the revision that an operation has found that have ended by themselves before it or amid it.
std::set<std::string> journal_watch::troubled_amid(const watched_change& change,
                                                   const operation& op) const {
  std::set<std::string> apps;
  const auto prefix = op.snap + ".";
  for (const auto& name : change.troubles.now)
    if (name.starts_with(prefix))
      apps.insert(name.substr(prefix.size()));
  const auto is_new = op.verb == "refresh" || op.verb == "revert";
  for (const auto& [run, count] : troubles_.runs_ended) {
    auto before = change.troubles.runs_ended.find(run);
    const auto has_ended = before == change.troubles.runs_ended.end() || before->second != count;
    if (has_ended && run.starts_with(prefix) && !(is_new && run.ends_with("@" + to_string(op.rev))))
      apps.insert(run.substr(prefix.size(), run.find('@') - prefix.size()));
  }
  return apps;
}

void journal_watch::follow_services(const watched_change& change, const operation& op, bool is_done) {
  if (!is_done)
    return services_.undone(op, troubled_amid(change, op), change.across_start);
  services_.done(op, model_.is_active(op.snap), change.across_start);
  auto now = installed_.find(op.snap);
  if (op.verb == "refresh" && now != installed_.end() && !now->second->disabled_services.empty())
    hit(hits_, sometimes::service_stays_disabled);
}

/// An ended operation has left its snap as planned, or as it was. Those that step through revisions of
/// one snap count together. Returns whether it was done.
bool journal_watch::check_operation(const watched_change& change, std::size_t place) {
  const auto& operations = change.record.operations;
  auto op = operations[place];
  auto is_same_snap = [&](const operation& other) { return other.snap == op.snap; };
  auto is_last = std::none_of(operations.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                              operations.end(), is_same_snap);
  const auto steps = std::ranges::count_if(operations, is_same_snap);
  op.from = std::ranges::find_if(operations, is_same_snap)->from;
  auto all_done = true;
  auto has_lost = false;
  for (const auto& task : change.record.tasks) {
    if (task.operation < 0 || !is_same_snap(operations[static_cast<std::size_t>(task.operation)]))
      continue;
    all_done = all_done && task.status == task_status::done;
    has_lost = has_lost || (is_irreversible(task.kind) &&
                            (task.status == task_status::done || task.status == task_status::error));
  }
  if (!is_last)
    return all_done;
  if (!all_done && (change.undo_failed || has_lost)) {
    model_.give_up(op.snap);
    return false;
  }
  if (all_done) {
    model_.done(op);
    for (const auto& each : operations)
      if (is_same_snap(each))
        model_.change_aliases(each);
  }
  hit(hits_, op.verb + (all_done ? " done" : " undone"));
  if (all_done && steps > 1)
    hit(hits_, sometimes::stepped);
  if (is_unsure(op.snap))
    return all_done;
  follow_services(change, op, all_done);
  if (op.from)
    check_data(change, op, all_done && steps == 1);
  check_snapshots(change, op, all_done);
  auto now = installed_.find(op.snap);
  auto difference = model_.difference(op.snap, now == installed_.end() ? nullptr : now->second.get());
  if (difference.empty() && now != installed_.end())
    difference = services_.difference(*now->second);
  if (!difference.empty())
    broken("after the " + op.verb + " in change " + to_string(change.record.id) + ", which was " +
           (all_done ? "done" : "undone") + ", snap " + op.snap + " " + difference);
  return all_done;
}

void journal_watch::check_end(const world& on, const std::vector<snap_state_ptr>& live_states) {
  for (const auto& [id, change] : live_)
    broken("change " + to_string(id) + " never ends");
  std::set<std::string> names;
  for (const auto& state : live_states) {
    names.insert(state->name);
    auto known = installed_.find(state->name);
    if (known == installed_.end() || known->second->version != state->version)
      broken("the journal knows another state of snap " + state->name + " than its actor");
  }
  for (const auto& [name, state] : installed_)
    if (!names.contains(name))
      broken("snap " + name + " is in the journal and has no actor");
  for (const auto& difference : model_.differences(on))
    broken(difference);
}

} // namespace troupe::sim
