#pragma once

#include "messages/request.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe {

/// Refuses a request that could be carried out on no host: it names no snap, one twice, more than
/// limits::change_snaps, several or unknown verbs, or a file of another snap.
void check_request(const operation_request& request);

/// Refuses a request that can't be carried out as the host stands. The request counts as a whole: a base
/// may come along with the snaps that run on it, and go along with them.
void check_host(const operation_request& request, const plan_context& context);

/// Why a refresh of all snaps leaves this revision of a snap alone: it has failed here, or was reverted
/// from. Empty if it doesn't.
std::string why_passed_over(const snap_state& state, revision rev);

/// Of a request for all snaps, drops those that are passed over or can't be operated on as the host
/// stands, with a note of each, and what only they need. Throws failure no_update_available where an
/// automatic one has nothing left.
void pass_over_impossible(operation_request& request, const plan_context& context);

/// The metadata of the current revision, or of the last where none is current; null where none is
/// installed.
const snap_info* any_info(const snap_state& state);

/// The metadata of what a request brings; null where it brings nothing.
const snap_info* new_info(const snap_request& wanted);

/// Whether a snap with this metadata runs on that one: its base, or snapd.
bool runs_on(const snap_info& user, const std::string& name, const snap_info& info);

} // namespace troupe
