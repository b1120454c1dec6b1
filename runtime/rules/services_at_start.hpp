#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/journal_batch.hpp"
#include "messages/service.hpp"

namespace troupe {

/// Starts the services of a snap that aren't disabled; nothing where there are none or the snap isn't
/// active.
std::optional<service_command> start_of_services(const snap_state& state);

/// What is to be started when the daemon starts: the services of all active snaps that aren't disabled.
/// Left for the end of an unready change are those that it has stopped, or is about to start for the
/// first time, those of a snap that it is about to replace, and those that endured its switch to another
/// revision, which may be undone.
/// `vacated`: the snaps that may not be started from at present, and of which nothing runs.
services_at_boot services_at_start(const journal_contents& contents,
                                   const std::set<std::string>& vacated);

} // namespace troupe
