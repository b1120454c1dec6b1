#pragma once

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/admission.hpp"
#include "messages/change.hpp"
#include "messages/claim.hpp"
#include "messages/history.hpp"
#include "messages/hook_context.hpp"
#include "messages/inspect.hpp"
#include "messages/journal_batch.hpp"
#include "messages/notice.hpp"
#include "messages/request.hpp"
#include "messages/service.hpp"
#include "messages/settings.hpp"
#include "messages/snapshot.hpp"
#include "messages/wait_reason.hpp"
#include "messages/work.hpp"

/// The map of the system: every actor, what it owns, and every message it takes.
///
/// An operation's way through it: the gateway asks the director to start it; the director claims its
/// snaps from their actors, plans it and spawns a change; the change owns the task graph, makes each
/// step durable through the journal and hands tasks to its lanes; a lane gets its admission from the
/// scheduler, lets performers do the blocking work and applies the outcome to the snap's actor; the
/// change hears of it, and when all is ready tells the director.
namespace troupe {

class exchange;    // runtime/api: an HTTP request that waits for its reply.
class wiring;      // runtime/rules: all plugs, slots and connections.
struct actor_card; // actors: counters of one live actor.

// --- performer: owns a thread ------------------------------------------------------------------------

/// Do this blocking work and say when it has ended.
struct perform_work {
  blocking_work work;
};
struct work_done {};

using performer_actor = caf::typed_actor<caf::replies_to<perform_work>::with<work_done>>;

// --- performers: owns a pool of performers and the queue before it
// --------------------------------------

struct get_pool_load {};
struct pool_load {
  std::string name;
  std::uint64_t busy = 0;
  std::uint64_t waiting = 0;
  std::uint64_t limit = 0;
};

using performers_actor = caf::typed_actor<
    // Runs work on the next free performer; its error is the work's.
    caf::replies_to<perform_work>::with<work_done>,
    // How full the pool is.
    caf::replies_to<get_pool_load>::with<pool_load>>;

// --- journal: owns the database
// --------------------------------------------------------------------------

/// Make this durable. Answered once it is on disk.
struct append {
  std::shared_ptr<const journal_batch> batch;
};
struct committed {};
/// Make this durable at the next occasion; nobody waits for it, and a crash may take it back.
struct append_later {
  std::shared_ptr<const journal_batch> batch;
};
/// Ended changes, the newest first, those whose tasks are forgotten too.
struct read_history {
  std::size_t limit = 0;
  std::string snap; ///< Only changes with an operation on this snap, or empty.
};
using history_list = std::vector<history_entry>;
struct get_journal_health {};
struct journal_health {
  std::string trouble; ///< Why nothing can be written at present, or empty.
  std::uint64_t commits = 0;
  std::uint64_t batches = 0;
};

using journal_actor = caf::typed_actor<
    // Commits together with all that came while the last commit ran. While the disk is full or broken
    // it keeps the batch and tries again.
    caf::replies_to<append>::with<committed>, caf::reacts_to<append_later>,
    caf::replies_to<read_history>::with<history_list>,
    // Whether new work can be taken.
    caf::replies_to<get_journal_health>::with<journal_health>,
    // Commit what has gathered.
    caf::reacts_to<caf::tick_atom>>;

// --- snap: owns a snap's state and the claim on it
// -------------------------------------------------------

/// Be owned by this lane.
struct claim_snap {
  claim_owner who;
};
/// Be owned no longer by this change.
struct release_claim {
  change_id change;
};
struct claim_released {};
/// Change the state; only under the claim.
struct apply_update {
  lane_key claim;
  snap_update update;
};
/// Change what a hook of the snap has said, or what the snap remembers of a connection, without owning
/// it.
struct apply_as_guest {
  admission_pass pass;
  snap_update update;
};
struct read_state {};
/// Let this task run a hook of the snap; answered when no other one runs.
struct take_hook_turn {
  task_id task;
};
struct hook_turn {};
/// The hook has ended, or isn't wanted any more, in which case who waits for its turn is answered.
struct end_hook_turn {
  task_id task;
};

using snap_actor = caf::typed_actor<
    // Grants the claim or names the owner; never waits.
    caf::replies_to<claim_snap>::with<claim_answer>,
    // Frees the snap; under a foreign claim nothing happens.
    caf::replies_to<release_claim>::with<claim_released>,
    // Returns the new state, which the caller makes durable. Refused under a stale or foreign claim.
    caf::replies_to<apply_update>::with<snap_state_ptr>,
    // The same by a lane that the scheduler has let in.
    caf::replies_to<apply_as_guest>::with<snap_state_ptr>,
    // First come, first served.
    caf::replies_to<take_hook_turn>::with<hook_turn>, caf::reacts_to<end_hook_turn>,
    // The state as it stands.
    caf::replies_to<read_state>::with<snap_state_ptr>>;

/// A snap's state has changed; told by its actor.
struct snap_changed {
  snap_state_ptr state;
};

// --- switchboard: owns the view of all plugs, slots and connections
// ---------------------------------------------------------

/// Let this look at the view, or note in it what it is about to connect; what it throws is the reply's
/// error.
struct use_wiring {
  std::shared_ptr<const std::function<void(wiring&)>> use;
};
struct wiring_used {};

using switchboard_actor =
    caf::typed_actor<caf::replies_to<use_wiring>::with<wiring_used>, caf::reacts_to<snap_changed>>;

// --- scheduler: owns the table of critical lanes
// ---------------------------------------------------------

/// Let this lane run critical tasks; answered when it may, in fair order.
struct admit_lane {
  lane_summary lane;
};
struct admitted {
  admission_pass pass;
};
/// Before a restart this lane was in progress; told in the order in which lanes were let in.
struct restore_lane {
  lane_summary lane;
};
/// The lane is ready, or gives up waiting.
struct leave_lane {
  lane_key lane;
};
/// What keeps a waiting lane out by now; told by the scheduler whenever that is another lane than
/// before.
struct kept_out {
  admission_obstacle obstacle;
};
/// What keeps the lane out?
struct explain_lane {
  lane_key lane;
};
struct lane_explanation {
  bool waiting = false;
  admission_obstacle obstacle;
};

using scheduler_actor =
    caf::typed_actor<caf::replies_to<admit_lane>::with<admitted>, caf::reacts_to<restore_lane>,
                     caf::reacts_to<leave_lane>, caf::replies_to<explain_lane>::with<lane_explanation>>;

// --- cgroup watcher: owns the watch on one snap's processes, while somebody waits for their end
// -----------------------------------------------------------------------

/// What of the snap runs by now; nothing: it is vacated.
struct processes_seen {
  std::vector<snap_process> running;
};
using processes_follower = caf::typed_actor<caf::reacts_to<processes_seen>>;
/// Tell this actor what runs, now and whenever that has changed.
struct follow_processes {
  processes_follower who;
};

using cgroup_watcher_actor = caf::typed_actor<caf::reacts_to<follow_processes>,
                                              // Something may have ended.
                                              caf::reacts_to<caf::tick_atom>>;

// --- wait for apps: owns a snap's wait for the end of its applications, of one task
// -----------------------------------------------------------------------

/// Say when nothing of the snap runs.
struct await_vacancy {};
struct vacated {
  bool is_forced = false; ///< Something runs, but the operator doesn't want to wait any longer.
};

using wait_for_apps_actor = caf::typed_actor<
    // Refused once the request doesn't want to wait any longer.
    caf::replies_to<await_vacancy>::with<vacated>, caf::reacts_to<processes_seen>,
    // Time to remind people, or a time limit.
    caf::reacts_to<caf::tick_atom>>;

// --- lane: owns its claims, its admission and its running tasks
// ------------------------------------------

/// Get in, so that this critical task may be started.
struct enter_for_task {
  task_id task;
  bool undo = false;
};
/// Run this task's perform or undo.
struct run_task {
  task_job_ptr job;
};
/// The running task is to end early.
struct stop_task {
  task_id task;
};
/// All tasks of the lane are ready and durably so: give back its admission.
struct lane_is_ready {};
/// The change is ready: give back the claims, and go.
struct close_lane {
  std::vector<std::string> held_up; ///< Snaps that others wait for, since an undo has failed for good.
};
struct lane_closed {};
/// Applications keep this task waiting: the snap's hook refresh-pending may tell people.
struct apps_keep_waiting {
  task_id task;
  duration waited{}; ///< For how long by now.
};
/// Don't wait any longer for the next try of this task.
struct retry_now {
  task_id task;
};

using lane_actor = caf::typed_actor<
    // Answered by task_may_start or task_stopped to the change.
    caf::reacts_to<enter_for_task>,
    // Answered by task_settled or task_stopped to the change.
    caf::reacts_to<run_task>, caf::reacts_to<stop_task>, caf::reacts_to<lane_is_ready>,
    // Answered once its snaps are free.
    caf::replies_to<close_lane>::with<lane_closed>, caf::reacts_to<kept_out>, caf::reacts_to<retry_now>,
    caf::reacts_to<apps_keep_waiting>,
    // A retry's time has come.
    caf::reacts_to<caf::tick_atom, task_id, std::uint64_t>>;

// --- change: owns its task graph
// -------------------------------------------------------------------------

/// A run of a task has ended.
struct claims_granted;
struct task_settled {
  task_result_ptr result;
  std::shared_ptr<const claims_granted> claims{}; ///< Where the task was to get them.
};
/// The lane is in for this critical task.
struct task_may_start {
  task_id task;
};
/// The task was told to stop while no handler of it ran.
struct task_stopped {
  task_id task;
};
/// Why the task isn't going on.
struct task_waits {
  task_id task;
  wait_reason reason;
};
/// How far the task's work is.
struct task_advances {
  task_id task;
  task_progress progress;
};
struct begin_change {};
struct get_change {};
struct abort_change {};
/// Abort these lanes, or with none those that aren't ready.
struct abort_lanes {
  std::vector<lane_number> lanes;
};
/// Abort the lane that owns the snap if all it does is to wait for the snap's applications to end.
struct give_way {
  std::string snap;
  bool only_say = false; ///< Whether it would.
};
/// Give every task in Wait its waited status; answered with how many there were.
struct resolve_waits {};
/// Start the task that comes first of those that can, where the change doesn't by itself; answered with
/// whether there was one.
struct start_next {};

using change_actor = caf::typed_actor<
    // Start, or go on after a restart; answered once that is durable.
    caf::replies_to<begin_change>::with<change_id>, caf::reacts_to<task_settled>,
    caf::reacts_to<task_may_start>, caf::reacts_to<task_stopped>, caf::reacts_to<task_waits>,
    caf::reacts_to<task_advances>,
    // The change as it stands.
    caf::replies_to<get_change>::with<change_view_ptr>,
    // Undo what was done; refused where nothing is pending.
    caf::replies_to<abort_change>::with<change_view_ptr>,
    caf::replies_to<abort_lanes>::with<change_view_ptr>,
    // Whether it does.
    caf::replies_to<give_way>::with<bool>, caf::replies_to<resolve_waits>::with<std::uint64_t>,
    caf::replies_to<start_next>::with<bool>,
    // Time to look for tasks that could run and don't.
    caf::reacts_to<caf::tick_atom>>;

// --- settings: owns the options of the system, and who holds refreshes
// -----------------------------------------------------------------------

struct get_settings {};
/// Give settings these values, in the words of rules/system_settings.
struct assign_settings {
  std::string values;
};
/// The settings are these by now.
struct settings_changed {
  system_settings_ptr settings;
};
using settings_follower = caf::typed_actor<caf::reacts_to<settings_changed>>;
/// Tell this actor of the settings now and whenever they have changed.
struct follow_settings {
  settings_follower who;
};

using settings_actor = caf::typed_actor<caf::replies_to<get_settings>::with<system_settings_ptr>,
                                        // All of them or none; answered once they are durable.
                                        caf::replies_to<assign_settings>::with<system_settings_ptr>,
                                        caf::reacts_to<follow_settings>>;

// --- director: owns the set of live snaps and changes, and the ids
// ---------------------------------------

/// A snap as another actor may use it; the actor is null where the snap isn't known.
struct snap_found {
  snap_actor actor;
  snap_state_ptr state;
};
/// Start a change.
struct start_operation {
  operation_request request;
};
/// Plan a change without making it; no snap is claimed, no id is used up.
struct plan_operation {
  operation_request request;
};
using change_record_ptr = std::shared_ptr<const change_record>;
/// Let this change own the snaps of its operations; from its task that waits for them.
struct claim_for_change {
  change_id change;
  task_id task;
};
/// What a change gets with its claims: the snaps, and the tasks that its operations take as they stand.
struct claims_granted {
  std::map<std::string, snap_found> snaps;
  change_record_ptr plan;
};
/// The change gives up waiting for its claims.
struct stop_claiming {
  change_id change;
};
struct list_snaps {};
struct find_snap {
  std::string name;
};
/// What else the scheduler has to know of a lane by now: of the snaps that it may be a guest of.
struct complete_summary {
  lane_summary lane;
};
/// Give out ids for so many tasks that a task has found to be needed; answered with the first.
struct take_task_ids {
  std::size_t count = 0;
};
struct list_changes {
  std::string select; ///< all, in-progress or ready.
  std::string snap;   ///< Only changes that name this snap, or empty.
};
struct find_change {
  change_id id;
};
struct abort_change_by_id {
  change_id id;
  std::vector<lane_number> lanes; ///< Only these; none: the whole change.
};
/// A change is ready and durably so; told by its actor.
struct change_ended {
  change_view_ptr view;
};
/// This change has tasks that could run: it is to be asked before long whether they do.
struct tasks_runnable {
  change_id change;
};
/// Time to see whether changes are too old.
struct look_at_ages {};
struct begin_directing {};

using snap_list = std::vector<snap_state_ptr>;
using change_list = std::vector<change_view_ptr>;

using director_actor = caf::typed_actor<
    // Go on with the unready changes of the journal.
    caf::reacts_to<begin_directing>,
    // Claims, plans, makes it durable; answers with the id or the refusal.
    caf::replies_to<start_operation>::with<change_id>,
    caf::replies_to<plan_operation>::with<change_record_ptr>,
    // Answered once the change owns them, first come first served.
    caf::replies_to<claim_for_change>::with<claims_granted>, caf::reacts_to<stop_claiming>,
    // All installed snaps, by name.
    caf::replies_to<list_snaps>::with<snap_list>,
    // One snap and its actor.
    caf::replies_to<find_snap>::with<snap_found>, caf::reacts_to<snap_changed>,
    caf::replies_to<complete_summary>::with<lane_summary>, caf::replies_to<take_task_ids>::with<task_id>,
    // Changes, by id.
    caf::replies_to<list_changes>::with<change_list>,
    // One change, ended ones too.
    caf::replies_to<find_change>::with<change_view_ptr>,
    caf::replies_to<abort_change_by_id>::with<change_view_ptr>, caf::reacts_to<change_ended>,
    caf::reacts_to<settings_changed>,
    // Time to look after changes, which happens only while one has tasks that could run.
    caf::reacts_to<tasks_runnable>, caf::reacts_to<caf::tick_atom>, caf::reacts_to<look_at_ages>,
    // The time limit of a change that waits for its claims, or time to clean up after one again.
    caf::reacts_to<caf::tick_atom, change_id>>;

// --- inspector: owns the list of live actors and the ring of recent events
// -------------------------------

/// An actor has begun.
struct actor_started {
  std::shared_ptr<const actor_card> card;
};
struct list_actors {};
struct actor_status {
  std::string name;
  std::uint64_t id = 0;
  std::uint64_t mailbox = 0;   ///< Messages waiting.
  std::uint64_t processed = 0; ///< Messages handled.
  std::uint64_t busy_us = 0;
};
/// Something worth remembering, for instance a task's new status.
struct event_noted {
  std::string text;
};
struct list_events {};

using actor_list = std::vector<actor_status>;
using event_list = std::vector<std::string>;

using inspector_actor =
    caf::typed_actor<caf::reacts_to<actor_started>, caf::replies_to<list_actors>::with<actor_list>,
                     caf::reacts_to<event_noted>, caf::replies_to<list_events>::with<event_list>>;

// --- notices: owns what clients may follow and what operators have to know
// -------------------------------

/// Something has happened.
struct add_notice {
  std::string type;
  std::string key;
  std::optional<std::uint32_t> uid;
  std::map<std::string, std::string> data;
};
struct list_notices {
  notice_filter filter;
};
struct add_warning {
  std::string message;
};
struct list_warnings {
  bool all = false; ///< Also those that were shown less than a repeat ago.
};
/// Somebody has seen the warnings added up to this time.
struct okay_warnings {
  time_point until;
};
/// How many warnings are pending, and when the newest was added.
struct get_warning_count {};
struct warning_count {
  std::uint64_t count = 0;
  time_point newest;
};

using notice_list = std::vector<notice>;
using warning_list = std::vector<warning>;

using notices_actor =
    caf::typed_actor<caf::reacts_to<add_notice>,
                     // The matching ones, the longest ago first.
                     caf::replies_to<list_notices>::with<notice_list>, caf::reacts_to<add_warning>,
                     caf::replies_to<list_warnings>::with<warning_list>,
                     // How many warnings that were.
                     caf::replies_to<okay_warnings>::with<std::uint64_t>,
                     caf::replies_to<get_warning_count>::with<warning_count>>;

// --- hook contexts: owns which running hooks may ask for something
// -----------------------------------------------------------------------

/// This run of a hook begins.
struct open_hook_context {
  hook_context what;
  hook_words words; ///< What counts as said already.
};
/// The run has ended: its cookie is worth nothing from now on.
struct close_hook_context {
  std::string cookie;
};
struct find_hook_context {
  std::string cookie;
};
/// The hook with this cookie says something.
struct say_in_hook {
  std::string cookie;
  hook_words words;
};
struct words_noted {};

using hook_contexts_actor = caf::typed_actor<
    // What the hook is to know, and where what it says can be read once its process has ended.
    caf::replies_to<open_hook_context>::with<hook_access>, caf::reacts_to<close_hook_context>,
    // Whose cookie that is; refused where no running hook has it, as is what it says.
    caf::replies_to<find_hook_context>::with<hook_context>,
    caf::replies_to<say_in_hook>::with<words_noted>>;

// --- refresher: owns when all snaps are refreshed by themselves
// -----------------------------------------------------------------------

struct get_refresh_times {};
struct refresh_times {
  std::string timer; ///< As refresh.timer is written.
  time_point last;   ///< 0: never yet.
  time_point next;
};

using refresher_actor = caf::typed_actor<caf::reacts_to<settings_changed>,
                                         // When it was, and when it will be.
                                         caf::replies_to<get_refresh_times>::with<refresh_times>,
                                         // Time to look whether a refresh is due.
                                         caf::reacts_to<caf::tick_atom, std::uint64_t>>;

// --- snapshots: owns the directory of snapshots
// -----------------------------------------------------------------------

struct list_stored_snapshots {};
using snapshot_list = std::vector<stored_snapshot>;

using snapshots_actor = caf::typed_actor<caf::replies_to<list_stored_snapshots>::with<snapshot_list>,
                                         // Time to remove the automatic ones that are too old.
                                         caf::reacts_to<caf::tick_atom>>;

// --- services: owns the supervised services of snaps
// -----------------------------------------------------------------------

/// Do this with services of a snap.
struct command_services {
  service_command what;
};
/// Start what is to run from the daemon's start on.
struct boot_services {
  services_at_boot what;
};
/// No change is under way with this snap any more: start what has been left off for one since the
/// daemon's start.
struct resume_services {
  snap_state_ptr snap;
};
struct list_services {};
using service_list = std::vector<service_status>;
/// What services have written last.
struct read_service_lines {
  std::vector<std::pair<std::string, std::string>> services; ///< Snaps and their applications.
  std::size_t most = 0;                                      ///< How many lines.
  std::shared_ptr<service_line_follower> follower{}; ///< Is told of all that come after; or null.
};
using service_lines = std::vector<service_line>;
/// Something has happened to the processes of a service.
struct service_happened {
  std::string service;   ///< SNAP.APP.
  std::uint64_t run = 0; ///< Tells this run of it from an earlier one.
  service_event what;
};
/// The daemon stops: stop all services and start none any more.
struct stop_all_services {};
struct services_gone {};

using services_actor = caf::typed_actor<
    // Answered once those that are started are ready, all or none of them, and of those that are
    // stopped no process is left.
    caf::replies_to<command_services>::with<service_result>, caf::reacts_to<boot_services>,
    caf::reacts_to<resume_services>,
    // All that were ever asked for, by name.
    caf::replies_to<list_services>::with<service_list>,
    // The oldest first.
    caf::replies_to<read_service_lines>::with<service_lines>, caf::reacts_to<service_happened>,
    // Answered once none is left.
    caf::replies_to<stop_all_services>::with<services_gone>,
    // A service's timer, or the time limit of the daemon's stop.
    caf::reacts_to<caf::tick_atom, std::string, std::uint64_t>, caf::reacts_to<caf::tick_atom>>;

// --- gateway: owns the API's requests
// --------------------------------------------------------------------

/// A client's request; replied to through itself.
struct http_request {
  std::shared_ptr<exchange> what;
};

using gateway_actor = caf::typed_actor<caf::reacts_to<http_request>>;

// --- printing
// --------------------------------------------------------------------------------------------

TROUPE_MESSAGE(work_done)
TROUPE_MESSAGE(get_pool_load)
TROUPE_MESSAGE(pool_load, x.name, x.busy, x.waiting, x.limit)
TROUPE_MESSAGE(committed)
TROUPE_MESSAGE(get_journal_health)
TROUPE_MESSAGE(journal_health, x.trouble, x.commits, x.batches)
TROUPE_MESSAGE(release_claim, x.change)
TROUPE_MESSAGE(claim_released)
TROUPE_MESSAGE(read_state)
TROUPE_MESSAGE(take_hook_turn, x.task)
TROUPE_MESSAGE(hook_turn)
TROUPE_MESSAGE(end_hook_turn, x.task)
TROUPE_MESSAGE(wiring_used)
TROUPE_MESSAGE(take_task_ids, x.count)
TROUPE_MESSAGE(leave_lane, x.lane)
TROUPE_MESSAGE(explain_lane, x.lane)
TROUPE_MESSAGE(enter_for_task, x.task, x.undo)
TROUPE_MESSAGE(stop_task, x.task)
TROUPE_MESSAGE(lane_is_ready)
TROUPE_MESSAGE(close_lane, x.held_up)
TROUPE_MESSAGE(lane_closed)
TROUPE_MESSAGE(task_may_start, x.task)
TROUPE_MESSAGE(task_stopped, x.task)
TROUPE_MESSAGE(begin_change)
TROUPE_MESSAGE(get_change)
TROUPE_MESSAGE(abort_change)
TROUPE_MESSAGE(abort_lanes, x.lanes)
TROUPE_MESSAGE(give_way, x.snap, x.only_say)
TROUPE_MESSAGE(resolve_waits)
TROUPE_MESSAGE(start_next)
TROUPE_MESSAGE(retry_now, x.task)
TROUPE_MESSAGE(await_vacancy)
TROUPE_MESSAGE(vacated, x.is_forced)
TROUPE_MESSAGE(claim_for_change, x.change, x.task)
TROUPE_MESSAGE(stop_claiming, x.change)
TROUPE_MESSAGE(read_history, x.limit, x.snap)
TROUPE_MESSAGE(add_warning, x.message)
TROUPE_MESSAGE(list_warnings, x.all)
TROUPE_MESSAGE(get_warning_count)
TROUPE_MESSAGE(list_snaps)
TROUPE_MESSAGE(find_snap, x.name)
TROUPE_MESSAGE(list_changes, x.select, x.snap)
TROUPE_MESSAGE(find_change, x.id)
TROUPE_MESSAGE(abort_change_by_id, x.id, x.lanes)
TROUPE_MESSAGE(tasks_runnable, x.change)
TROUPE_MESSAGE(look_at_ages)
TROUPE_MESSAGE(begin_directing)
TROUPE_MESSAGE(list_actors)
TROUPE_MESSAGE(actor_status, x.name, x.id, x.mailbox, x.processed, x.busy_us)
TROUPE_MESSAGE(event_noted, x.text)
TROUPE_MESSAGE(close_hook_context)
TROUPE_MESSAGE(find_hook_context)
TROUPE_MESSAGE(words_noted)
TROUPE_MESSAGE(get_settings)
TROUPE_MESSAGE(assign_settings, x.values)
TROUPE_MESSAGE(get_refresh_times)
TROUPE_MESSAGE(list_stored_snapshots)
TROUPE_MESSAGE(list_services)
TROUPE_MESSAGE(stop_all_services)
TROUPE_MESSAGE(services_gone)
TROUPE_MESSAGE(list_events)

} // namespace troupe

// These hold callbacks, shared states or variants; they never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::perform_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::append_later)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::claim_snap)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::claim_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::apply_update)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snap_state_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::apply_as_guest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::use_wiring)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::complete_summary)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lane_summary)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::admit_lane)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::restore_lane)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lane_explanation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::run_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::processes_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::follow_processes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::apps_keep_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::task_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::task_waits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::task_advances)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::change_view_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::start_operation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snap_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snap_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snap_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::change_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::change_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actor_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::http_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::kept_out)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::plan_operation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::change_record_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::claims_granted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::history_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::add_notice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::list_notices)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::notice_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::warning_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::okay_warnings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::warning_count)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::open_hook_context)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::hook_access)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::hook_context)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::say_in_hook)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::settings_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::follow_settings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::system_settings_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::refresh_times)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snapshot_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::command_services)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::boot_services)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::resume_services)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::service_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::service_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::read_service_lines)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::service_lines)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::service_happened)
