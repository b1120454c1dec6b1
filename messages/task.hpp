#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "messages/ids.hpp"
#include "messages/snap_state.hpp"
#include "messages/status.hpp"
#include "messages/store.hpp"
#include "messages/time.hpp"

namespace troupe {

/// How far a task's work is. Never a total of 0.
struct task_progress {
  std::string label;
  std::uint64_t done = 0;
  std::uint64_t total = 1;

  bool operator==(const task_progress&) const = default;
};

/// What one operation does to one snap: `install hello`. The tasks of it share this.
struct operation {
  std::string verb; ///< As in snap_request.
  std::string snap; ///< The instance name.
  lane_number lane = 0;
  revision rev;           ///< The revision it is about, or 0 for all.
  snap_info_ptr info;     ///< The metadata of the image to install; otherwise null.
  std::string image;      ///< Path of the uploaded image in the spool; empty where there is none.
  std::string given_path; ///< The image's file name as the user gave it.
  std::string channel;
  download_source download; ///< Where the image comes from, if from a store.
  snap_origin origin;
  revision from; ///< refresh, revert: the revision that is left.
  snap_flags flags;
  bool is_prerequisite = false; ///< For the sake of another operation.
  std::string missing{};        ///< What it needs and can't have, so that it fails; or empty.
  bool purge = false;           ///< remove: keep no snapshot.
  bool force = false;           ///< disable: although other snaps run on it.
  std::uint64_t snapshot_set{}; ///< check-, restore- and forget-snapshot: of which set.
  std::string app{};            ///< alias: the application.
  std::string alias{};          ///< alias, unalias: the alias; unalias: empty for all of the snap.
  bool unaliased = false;       ///< install, refresh: turn the automatic aliases off.
  /// By alias the application: what it enables and disables, as planned.
  std::map<std::string, std::string> aliases_added{};
  std::map<std::string, std::string> aliases_removed{};
  std::vector<std::string> services{};       ///< For the verbs about services: which; empty: all.
  bool for_good = false;                     ///< start-, stop-services: from now on.
  std::vector<connection_ref> connections{}; ///< connect, disconnect: which.
  bool forget = false;                       ///< disconnect: as if they had never been there.
  std::string config = "{}"; ///< configure: a JSON object, by dotted names values, null to unset.
};

/// A step with a do and an undo, as it stands in the journal.
struct task_record {
  task_id id;
  std::string kind;
  std::string summary;
  task_status status = task_status::do_;
  task_status waited = task_status::done; ///< What a Wait becomes when it is resolved.
  std::vector<task_id> waits_for;
  std::vector<lane_number> lanes; ///< Empty: lane 0.
  std::int32_t operation = -1;    ///< Index into the change's operations, or -1.
  std::string setup = "{}";       ///< JSON object: what the plan says of this task, e.g. its hook.
  std::string memo = "{}";        ///< JSON object: what its do left for its undo.
  task_progress progress;
  std::vector<std::string> log; ///< Newest last; at most limits::task_log_lines.
  time_point spawned_at;
  time_point ready_at; ///< In Undo and Undoing: when it was done, if it ever was.
};

namespace outcomes {

/// It is done, with what changes in snaps' states and what the undo will need.
struct done {
  std::vector<std::pair<std::string, snap_update>> updates; ///< By instance name.
  std::string memo = "{}";
  /// Tasks that it has found to be needed: what waits for it waits for them too. Their ids, and those
  /// they wait for, are places in this list, from 1; one that waits for none waits for it.
  std::vector<task_record> then{};
};

/// It wants to be run again.
struct retry {
  duration after{};
  std::string cause;
};

/// It is put aside until somebody resolves it.
struct wait {
  task_status waited = task_status::done;
};

/// It has failed; updates say what is to be remembered of that.
struct error {
  std::string message;
  std::vector<std::pair<std::string, snap_update>> updates{}; ///< By instance name.
};

} // namespace outcomes

/// How a run of a task's perform or undo ended.
struct outcome {
  std::variant<outcomes::done, outcomes::retry, outcomes::wait, outcomes::error> result;
  std::vector<std::string> log; ///< Lines `INFO text` or `ERROR text` to be added to the task's log.
  /// A ready status that the handler has chosen itself; takes effect before the result.
  std::optional<task_status> chosen{};
};

} // namespace troupe
