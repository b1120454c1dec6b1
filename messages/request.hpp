#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/settings.hpp"
#include "messages/snap_state.hpp"
#include "messages/store.hpp"
#include "messages/time.hpp"

namespace troupe {

/// What to do while applications of a snap run that is to be refreshed or reverted.
/// Source: the seed on refreshes while applications run.
enum class running_apps : std::uint8_t {
  wait,   ///< Until they have ended.
  fail,   ///< Refuse the request and name them.
  ignore, ///< Go on under them.
};

/// What a user asks to be done to one snap.
struct snap_request {
  /// install, refresh, revert, switch, remove, enable, disable, save-snapshot, check-snapshot,
  /// restore-snapshot, forget-snapshot, alias, unalias, prefer, yield-aliases (of a snap whose aliases
  /// another one is preferred for), start-services, stop-services, restart-services, reload-services,
  /// connect, disconnect or configure.
  std::string verb;
  std::string snap; ///< The instance name.
  /// remove: this revision only. revert: to this one. 0: all, or the former one. check-, restore- and
  /// forget-snapshot: the one whose data was saved.
  revision rev;
  std::uint64_t snapshot_set = 0; ///< check-, restore- and forget-snapshot: of which set.
  snap_info_ptr info;             ///< install, refresh: the metadata of the image.
  std::string image;              ///< install, refresh from a file: the image in the spool.
  std::string given_path;         ///< The file name the user gave, for the summary.
  std::string channel;            ///< install, refresh from a store, switch: the channel to follow.
  /// install, refresh from a store: what to download; of several, each is gone through in order.
  std::vector<store_revision> steps;
  snap_origin origin; ///< Of what comes from a store.
  snap_flags flags;
  bool purge = false;
  bool force = false;     ///< disable: although other snaps run on it.
  std::string running;    ///< What of it runs that a request to fail mustn't disturb, or empty.
  std::string app;        ///< alias: the application.
  std::string alias;      ///< alias, unalias: the alias; unalias: empty for all of the snap.
  bool unaliased = false; ///< install, refresh: turn the automatic aliases off.
  /// yield-aliases: by alias the application that starts no more.
  std::map<std::string, std::string> aliases_removed;
  /// start-, stop-, restart- and reload-services: which applications; empty: all services of the snap.
  std::vector<std::string> services;
  /// connect, disconnect: which ones; only the first snap of the request names them, the others are
  /// those at their other ends.
  std::vector<connection_ref> connections;
  bool forget = false;          ///< disconnect: as if they had never been there.
  std::string config = "{}";    ///< configure: a JSON object, by dotted names values, null to unset.
  bool for_good = false;        ///< start-services: also by themselves from now on; stop-: not any more.
  bool is_prerequisite = false; ///< Wanted for the sake of others in the request.
  std::string missing;          ///< What it needs and can't have, so that it will fail; or empty.
};

/// What to do where another change owns a snap. Source: design, "Claims".
enum class conflict_policy : std::uint8_t {
  fail,    ///< Refuse the request and name the owner.
  wait,    ///< Queue up, first come first served; plan once all snaps are owned.
  replace, ///< Abort the owner's lane if it only waits for applications to end, then as wait.
};

/// Whether one snap's failure undoes its neighbours in the same change.
enum class transaction : std::uint8_t {
  per_snap,  ///< A lane each.
  all_snaps, ///< One lane for all.
};

/// What a user asks for: one change.
struct operation_request {
  std::vector<snap_request> snaps;         ///< Each snap once, all with verbs that go together.
  std::optional<settings_change> settings; ///< In place of snaps.
  std::uint32_t uid = 0;                   ///< Who asks.
  troupe::transaction transaction = troupe::transaction::per_snap;
  conflict_policy on_conflict = conflict_policy::fail;
  std::optional<duration> wait_at_most; ///< For wait and replace; nothing: as long as it takes.
  troupe::running_apps on_running_apps = troupe::running_apps::wait;
  std::optional<duration> wait_for_apps_at_most; ///< Then it fails; nothing: as long as it takes.
  bool refreshes_all = false;                    ///< All snaps for which a store has something newer.
  bool is_automatic = false;                     ///< Asked for by the timer.
  std::vector<std::string> notes;                ///< Sentences that the requester ought to know.
  /// What the options of the system say: how many revisions a refresh leaves of a snap, the new one
  /// included, and whether a removal keeps a snapshot.
  int retain = 2;
  bool keeps_snapshots = true;
};

} // namespace troupe
