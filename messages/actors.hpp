#pragma once

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <vector>

#include "messages/admission.hpp"
#include "messages/change.hpp"
#include "messages/claim.hpp"
#include "messages/inspect.hpp"
#include "messages/journal_batch.hpp"
#include "messages/request.hpp"
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
struct get_journal_health {};
struct journal_health {
  std::string trouble; ///< Why nothing can be written at present, or empty.
  std::uint64_t commits = 0;
  std::uint64_t batches = 0;
};

using journal_actor = caf::typed_actor<
    // Commits together with all that came while the last commit ran. While the disk is full or broken
    // it keeps the batch and tries again.
    caf::replies_to<append>::with<committed>,
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
struct read_state {};

using snap_actor = caf::typed_actor<
    // Grants the claim or names the owner; never waits.
    caf::replies_to<claim_snap>::with<claim_answer>,
    // Frees the snap; under a foreign claim nothing happens.
    caf::replies_to<release_claim>::with<claim_released>,
    // Returns the new state, which the caller makes durable. Refused under a stale or foreign claim.
    caf::replies_to<apply_update>::with<snap_state_ptr>,
    // The state as it stands.
    caf::replies_to<read_state>::with<snap_state_ptr>>;

// --- scheduler: owns the table of critical lanes
// ---------------------------------------------------------

/// Let this lane run critical tasks; answered when it may, in fair order.
struct admit_lane {
  lane_summary lane;
};
struct admitted {};
/// The lane is ready, or gives up waiting.
struct leave_lane {
  lane_key lane;
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
    caf::typed_actor<caf::replies_to<admit_lane>::with<admitted>, caf::reacts_to<leave_lane>,
                     caf::replies_to<explain_lane>::with<lane_explanation>>;

// --- lane: owns its claims, its admission and its running tasks
// ------------------------------------------

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
struct close_lane {};
struct lane_closed {};
struct get_lane_status {};

using lane_actor = caf::typed_actor<
    // Answered by task_settled or task_stopped to the change.
    caf::reacts_to<run_task>, caf::reacts_to<stop_task>, caf::reacts_to<lane_is_ready>,
    // Answered once its snaps are free.
    caf::replies_to<close_lane>::with<lane_closed>,
    // Whether it is ready and what it is doing.
    caf::replies_to<get_lane_status>::with<lane_view>,
    // A retry's time has come.
    caf::reacts_to<caf::tick_atom, task_id, std::uint64_t>>;

// --- change: owns its task graph
// -------------------------------------------------------------------------

/// A run of a task has ended.
struct task_settled {
  task_result_ptr result;
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

using change_actor = caf::typed_actor<
    // Start, or go on after a restart; answered once that is durable.
    caf::replies_to<begin_change>::with<change_id>, caf::reacts_to<task_settled>,
    caf::reacts_to<task_stopped>, caf::reacts_to<task_waits>, caf::reacts_to<task_advances>,
    // The change as it stands.
    caf::replies_to<get_change>::with<change_view_ptr>,
    // Undo what was done; refused where nothing is pending.
    caf::replies_to<abort_change>::with<change_view_ptr>>;

// --- director: owns the set of live snaps and changes, and the ids
// ---------------------------------------

/// Start a change.
struct start_operation {
  operation_request request;
};
struct list_snaps {};
struct find_snap {
  std::string name;
};
/// A snap's state has changed; told by its actor.
struct snap_changed {
  snap_state_ptr state;
};
/// A snap as another actor may use it; the actor is null where the snap isn't known.
struct snap_found {
  snap_actor actor;
  snap_state_ptr state;
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
};
/// A change is ready and durably so; told by its actor.
struct change_ended {
  change_view_ptr view;
};
struct begin_directing {};

using snap_list = std::vector<snap_state_ptr>;
using change_list = std::vector<change_view_ptr>;

using director_actor = caf::typed_actor<
    // Go on with the unready changes of the journal.
    caf::reacts_to<begin_directing>,
    // Claims, plans, makes it durable; answers with the id or the refusal.
    caf::replies_to<start_operation>::with<change_id>,
    // All installed snaps, by name.
    caf::replies_to<list_snaps>::with<snap_list>,
    // One snap and its actor.
    caf::replies_to<find_snap>::with<snap_found>, caf::reacts_to<snap_changed>,
    // Changes, by id.
    caf::replies_to<list_changes>::with<change_list>,
    // One change, ended ones too.
    caf::replies_to<find_change>::with<change_view_ptr>,
    caf::replies_to<abort_change_by_id>::with<change_view_ptr>, caf::reacts_to<change_ended>>;

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
TROUPE_MESSAGE(admitted)
TROUPE_MESSAGE(leave_lane, x.lane)
TROUPE_MESSAGE(explain_lane, x.lane)
TROUPE_MESSAGE(stop_task, x.task)
TROUPE_MESSAGE(lane_is_ready)
TROUPE_MESSAGE(close_lane)
TROUPE_MESSAGE(lane_closed)
TROUPE_MESSAGE(get_lane_status)
TROUPE_MESSAGE(task_stopped, x.task)
TROUPE_MESSAGE(begin_change)
TROUPE_MESSAGE(get_change)
TROUPE_MESSAGE(abort_change)
TROUPE_MESSAGE(list_snaps)
TROUPE_MESSAGE(find_snap, x.name)
TROUPE_MESSAGE(list_changes, x.select, x.snap)
TROUPE_MESSAGE(find_change, x.id)
TROUPE_MESSAGE(abort_change_by_id, x.id)
TROUPE_MESSAGE(begin_directing)
TROUPE_MESSAGE(list_actors)
TROUPE_MESSAGE(actor_status, x.name, x.id, x.mailbox, x.processed, x.busy_us)
TROUPE_MESSAGE(event_noted, x.text)
TROUPE_MESSAGE(list_events)

} // namespace troupe

// These hold callbacks, shared states or variants; they never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::perform_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::claim_snap)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::claim_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::apply_update)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::snap_state_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::admit_lane)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lane_explanation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::run_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lane_view)
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
