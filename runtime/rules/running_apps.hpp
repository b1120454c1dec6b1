#pragma once

#include <string>
#include <vector>

#include "messages/process.hpp"
#include "messages/snap_info.hpp"

namespace troupe {

/// Whether a revision has applications whose processes keep it from being replaced: neither services nor
/// such as want to be left running (`refresh-mode: ignore-running`).
bool has_apps_that_count(const snap_info& info);
bool counts_as_running(const app_info& app);

/// `snap "X" has running apps (a) and hooks (h), pids: 1,2`: the text that the snap client's users know.
/// Without processes: that one is just being started. Source: reference "Refresh app awareness".
std::string running_text(const std::string& snap, const std::vector<snap_process>& processes);

/// `12 (firefox, user alice), 13 (firefox, user alice)`, at most limits::shown_processes of them.
std::string process_list_text(const std::vector<snap_process>& processes);

} // namespace troupe
