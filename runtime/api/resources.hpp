#pragma once

#include <map>
#include <set>
#include <string>

#include "messages/change.hpp"
#include "messages/service.hpp"
#include "messages/snap_state.hpp"
#include "runtime/json/json.hpp"
#include "runtime/snap/layout.hpp"

/// What the API shows of the system. Source of the shapes: the snap client's contract, sections 2 and 3.
namespace troupe {

/// A change with its tasks; unready tasks say what they wait for.
json::object change_resource(const change_view& view);

/// The services that are active, as SNAP.APP.
using active_services = std::set<std::string>;

/// A snap's revision. `runs_on` says what its processes find as their system; empty to leave it out.
json::object snap_resource(const snap_state& state, const installed_revision& shown, const layout& paths,
                           const std::string& runs_on = {}, const active_services& active = {});

/// An application of a snap. A service of the current revision says whether it is enabled and active.
json::object app_resource(const snap_state& state, const app_info& app, bool is_current,
                          const active_services& active);

/// A line of a service's log as a record of a JSON text sequence. Source: RFC 7464.
std::string log_record(const service_line& line);

/// A wait reason as {"reason": word, "text": sentence} and what a program can use of it: `task`,
/// `change`, `lane`, `rule`, `snap`, `pids`, `who`, `until`, `at`, `cause`, `pool` or `since`.
json::object wait_resource(const wait_reason& reason);

} // namespace troupe
