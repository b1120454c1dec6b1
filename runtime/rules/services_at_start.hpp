#pragma once

#include <set>
#include <string>
#include <vector>

#include "messages/journal_batch.hpp"
#include "messages/service.hpp"

namespace troupe {

/// What is to be started when the daemon starts: the services of all active snaps that aren't disabled,
/// but not those of `replaced_first` snaps, nor of those for which an unready change has stopped them
/// and hasn't come to start them again.
std::vector<service_command> services_at_start(const journal_contents& contents,
                                               const std::set<std::string>& replaced_first);

} // namespace troupe
