#include "tests/sim/journal_watch.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

constexpr std::size_t events_shown = 40;

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::ranges::find(words, word) != words.end();
}

bool relinks(const std::string& kind) {
  return is_one_of(
      kind, {"link-snap", "unlink-snap", "unlink-current-snap", "setup-profiles", "remove-profiles"});
}

bool is_critical(const std::string& kind) {
  return relinks(kind) ||
         is_one_of(kind, {"run-hook", "start-snap-services", "auto-connect", "connect", "disconnect"});
}

bool waits_for_claims(const change_record& change) {
  return change.tasks.size() == 1 && change.tasks.front().kind == "claim-snaps";
}

/// A lane that has begun critical work and isn't ready: what CONSTRAINTS speaks of.
struct lane_at_work {
  lane_key key;
  bool relinks_shared = false;
  bool is_system = false;
  std::set<std::string> snaps;
  std::set<std::string> bases;
  std::set<std::string> slots;
  std::set<std::string> interfaces; ///< Of plugs and slots.
};

void add_metadata(lane_at_work& lane, const snap_info& info, bool relinks_something) {
  auto shared = info.type != snap_type::app || !info.slots.empty();
  lane.relinks_shared = lane.relinks_shared || (shared && relinks_something);
  lane.is_system = lane.is_system || info.type == snap_type::os || info.type == snap_type::snapd;
  lane.bases.insert(info.base);
  for (const auto& slot : info.slots) {
    lane.slots.insert(slot.interface);
    lane.interfaces.insert(slot.interface);
  }
  for (const auto& plug : info.plugs)
    lane.interfaces.insert(plug.interface);
}

bool have_common(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& item) { return b.contains(item); });
}

bool must_not_meet(const lane_at_work& a, const lane_at_work& b) {
  if (!a.relinks_shared && !b.relinks_shared)
    return false;
  return a.is_system || b.is_system || have_common(a.snaps, b.bases) || have_common(b.snaps, a.bases) ||
         have_common(a.slots, b.interfaces) || have_common(b.slots, a.interfaces);
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

// --- following --------------------------------------------------------------------------------------

void journal_watch::committed(std::span<const journal_batch> batches) {
  for (const auto& batch : batches) {
    for (const auto& change : batch.new_changes)
      begin(*change);
    for (const auto& more : batch.added)
      add(more);
    for (const auto& row : batch.tasks)
      set(row);
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

void journal_watch::find_formers(watched_change& change) const {
  change.formers.clear();
  for (const auto& op : change.record.operations)
    if (auto found = installed_.find(op.snap); found != installed_.end())
      change.formers.insert(*found);
}

void journal_watch::begin(const change_record& record) {
  ++changes_;
  auto& change = live_[record.id];
  change.record = record;
  find_formers(change);
  for (std::size_t place = 0; place < record.tasks.size(); ++place) {
    change.places.emplace(record.tasks[place].id, place);
    change_of_.emplace(record.tasks[place].id, record.id);
  }
  note("change " + to_string(record.id) + ": " + record.summary);
}

void journal_watch::add(const added_tasks& more) {
  auto& change = live_.at(more.change);
  change.record.operations = more.operations;
  find_formers(change);
  for (const auto& task : more.tasks) {
    change.places.emplace(task.id, change.record.tasks.size());
    change_of_.emplace(task.id, more.change);
    change.record.tasks.push_back(task);
  }
  note("change " + to_string(more.change) + " has its claims");
}

void journal_watch::set(const task_row& row) {
  auto& change = live_.at(change_of_.at(row.id));
  auto& task = change.record.tasks[change.places.at(row.id)];
  if (task.status == row.status)
    return;
  auto step = to_string(task.status) + " -> " + to_string(row.status);
  ++hits_[step];
  note("change " + to_string(change.record.id) + " task " + to_string(row.id) + " " + task.kind + ": " +
       step);
  if (row.status == task_status::doing || row.status == task_status::undoing)
    started_[row.id] = row.status;
  auto was_undone = task.status == task_status::undoing || task.status == task_status::undo;
  if (row.status == task_status::error && was_undone)
    change.undo_failed = true;
  // A lane that only waited for its admission is undone without it.
  auto has_effect = row.status == task_status::done ||
                    (row.status == task_status::undone && change.ever_done.contains(row.id));
  if (row.status == task_status::done)
    change.ever_done.insert(row.id);
  if (has_effect && is_critical(task.kind))
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
  for (std::size_t place = 0; place < change.record.operations.size(); ++place)
    check_operation(change, place);
  for (const auto& task : change.record.tasks)
    change_of_.erase(task.id);
  live_.erase(found);
}

// --- the invariants ---------------------------------------------------------------------------------

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
    if (status == task_status::undoing)
      for (const auto& other : change.record.tasks)
        if (std::ranges::find(other.waits_for, id) != other.waits_for.end() && !is_ready(other.status))
          broken("task " + to_string(id) + " is undone before task " + to_string(other.id));
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
    std::map<lane_number, lane_at_work> lanes;
    std::map<lane_number, bool> is_unready;
    std::map<lane_number, bool> lane_relinks;
    for (const auto& task : change.record.tasks)
      for (auto lane : task.lanes) {
        is_unready[lane] = is_unready[lane] || !is_ready(task.status);
        lane_relinks[lane] = lane_relinks[lane] || relinks(task.kind);
      }
    for (const auto& op : change.record.operations) {
      auto& lane = lanes[op.lane];
      lane.key = {id, op.lane};
      lane.snaps.insert(op.snap);
      if (op.info)
        add_metadata(lane, *op.info, lane_relinks[op.lane]);
      if (auto former = change.formers.find(op.snap);
          former != change.formers.end() && former->second->info())
        add_metadata(lane, *former->second->info(), lane_relinks[op.lane]);
    }
    // One that is ready has left; when it is undone later it has to get in anew.
    for (const auto& [number, lane] : lanes)
      if (!is_unready[number])
        change.at_work.erase(number);
      else if (change.at_work.contains(number))
        at_work.push_back(lane);
  }
  hits_["lanes in progress together"] += at_work.size() > 1;
  for (std::size_t i = 0; i < at_work.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (must_not_meet(at_work[i], at_work[j]))
        broken("lanes " + to_string(at_work[j].key) + " and " + to_string(at_work[i].key) +
               " are in progress together");
}

/// An ended operation has left its snap as planned, or as it was.
void journal_watch::check_operation(const watched_change& change, std::size_t place) {
  const auto& op = change.record.operations[place];
  auto all_done = true;
  auto has_lost = false;
  for (const auto& task : change.record.tasks) {
    if (task.operation != static_cast<std::int32_t>(place))
      continue;
    all_done = all_done && task.status == task_status::done;
    has_lost = has_lost || (is_one_of(task.kind, {"clear-snap", "discard-snap"}) &&
                            (task.status == task_status::done || task.status == task_status::error));
  }
  auto now = installed_.find(op.snap);
  auto former = change.formers.find(op.snap);
  auto was_installed = former != change.formers.end();
  auto is_installed = now != installed_.end();
  if (waits_for_claims(change.record))
    return;
  if (!all_done && (change.undo_failed || has_lost)) {
    unsure_.insert(op.snap);
    return;
  }
  ++hits_["ended: " + op.verb + (all_done ? "" : " undone")];
  auto expected = all_done ? op.verb != "remove" : was_installed;
  auto active = all_done ? op.verb != "disable" : was_installed && former->second->active;
  auto subject = op.verb + " of " + op.snap + " in change " + to_string(change.record.id) +
                 (all_done ? ", done," : ", undone,");
  if (expected != is_installed)
    broken(subject + " left it " + (is_installed ? "installed" : "not installed"));
  else if (is_installed && now->second->active != active)
    broken(subject + " left it " + (active ? "inactive" : "active"));
}

void journal_watch::check_snap_files(const world& on, const std::string& name) {
  auto found = installed_.find(name);
  auto is_installed = found != installed_.end();
  auto mount = "/root/snap/" + name + "/x1";
  auto is_active = is_installed && found->second->active;
  if (on.mounted.contains(mount) != is_installed)
    broken("snap " + name + (is_installed ? " isn't mounted" : " is still mounted"));
  if (on.entries.contains("/root/snap/" + name + "/current") != is_active)
    broken("snap " + name + (is_active ? " isn't linked" : " is still linked"));
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
  std::set<std::string> seen;
  for (const auto& entry : snap_files(on))
    for (const std::string folder : {"/root/snap/", "/root/var/snap/"})
      if (entry.starts_with(folder) && entry.size() > folder.size())
        seen.insert(entry.substr(folder.size(), entry.find('/', folder.size()) - folder.size()));
  seen.insert(names.begin(), names.end());
  for (const auto& name : seen)
    if (name != "bin" && !unsure_.contains(name))
      check_snap_files(on, name);
}

} // namespace troupe::sim
