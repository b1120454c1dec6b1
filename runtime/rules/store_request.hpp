#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/request.hpp"
#include "messages/store.hpp"
#include "runtime/rules/refresh_hold.hpp"

namespace troupe {

/// What a request for snaps from stores is looked up in.
struct store_view {
  const store_index& index;
  const std::vector<std::string>& faults; ///< Why some store isn't in the index, a sentence each.
  std::map<std::string, snap_state_ptr> installed;
  std::string architecture;          ///< The host's.
  std::vector<refresh_hold> holds{}; ///< All that there are.
  time_point now{};
};

/// Whether the request names an install or a refresh whose image has yet to be found in a store, or asks
/// for a refresh of all snaps.
bool wants_store(const operation_request& request);

/// Finds each such snap's revision in the index, with the revisions that a refresh has to step through,
/// and adds the bases and default providers that are missing, as prerequisites. Where several snaps are
/// wanted, what one of them can't have fails that one alone, later; else the request is refused.
/// Returns sentences that the requester ought to know. Throws failure, of the kinds of
/// choose_revision(), snap_local and no_update_available.
std::vector<std::string> fill_from_stores(operation_request& request, const store_view& view);

/// Drops the prerequisites that nothing in the request needs any more.
void drop_unneeded_prerequisites(operation_request& request);

/// What an installed snap could be refreshed to.
struct available_update {
  snap_request request;
  const store_snap* snap = nullptr; ///< Lives as long as the index.
  const store_revision* revision = nullptr;
  std::string passed_over; ///< Why it isn't refreshed with all others; empty if it is.
  std::string held;        ///< Who keeps it from being refreshed by itself; empty if nobody does.
};

/// The updates of all installed snaps that came from a store, by name; those that a refresh of all snaps
/// passes over too, because they failed here or were reverted from.
std::vector<available_update> available_updates(const store_view& view);

/// The providers that a snap names for the content it wants to plug, without the slot's name.
/// Source: snap.yaml, attribute default-provider of plugs of the interface content.
std::vector<std::string> default_providers(const snap_info& info);

} // namespace troupe
