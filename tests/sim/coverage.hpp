#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What a set of runs has to have met at least once, because a run that never meets it proves nothing of
/// it. To add a condition: name it here, list it in coverage.cpp, and count it where it is seen.
namespace troupe::sim {

/// How often each fault site, condition and transition was met, by name.
using hit_counts = std::map<std::string, std::uint64_t, std::less<>>;

namespace sometimes {
inline constexpr std::string_view crash_in_do = "crash while a task is done";
inline constexpr std::string_view crash_in_undo = "crash while a task is undone";
inline constexpr std::string_view crash_between_messages = "crash between two messages";
inline constexpr std::string_view crash_at_start = "crash while the daemon starts";
inline constexpr std::string_view crash_amid_lanes = "crash while two lanes are in progress";
inline constexpr std::string_view restart = "orderly restart";
inline constexpr std::string_view restart_amid_change = "orderly restart amid a change";
inline constexpr std::string_view start_fails = "start that fails, and is tried again";
inline constexpr std::string_view power_cut = "power cut";
inline constexpr std::string_view write_lost = "unsynced write lost in a power cut";
inline constexpr std::string_view write_torn = "unsynced write torn in a power cut";
inline constexpr std::string_view write_kept = "unsynced write kept in a power cut";
inline constexpr std::string_view commit_kept = "commit found after a crash that nobody was told of";
inline constexpr std::string_view commit_failed = "commit fails and is tried again";
inline constexpr std::string_view partial_effect = "effect done in part";
inline constexpr std::string_view lasting_fault = "fault that lasts";
inline constexpr std::string_view hook_fails = "hook fails";
inline constexpr std::string_view hook_hangs = "hook runs into its time limit";
inline constexpr std::string_view hook_killed = "hook killed by a signal";
inline constexpr std::string_view clock_back = "clock jumps back";
inline constexpr std::string_view clock_on = "clock jumps on";
inline constexpr std::string_view client_vanishes = "client vanishes before its answer";
inline constexpr std::string_view refused_conflict = "request refused for a conflict";
inline constexpr std::string_view refused_journal = "request refused while nothing can be written";
inline constexpr std::string_view abort_waiting_claim = "abort while waiting for claims";
inline constexpr std::string_view abort_waiting_admission = "abort while waiting for admission";
inline constexpr std::string_view abort_running = "abort while a task runs";
inline constexpr std::string_view abort_undoing = "abort during an undo";
inline constexpr std::string_view abort_lane = "abort of one lane";
inline constexpr std::string_view claims_after_wait = "claims granted after a wait";
inline constexpr std::string_view wait_limit = "wait for claims runs into its limit";
inline constexpr std::string_view lanes_together = "lanes in progress together";
inline constexpr std::string_view undos_together = "two lanes of a change undone at once";
inline constexpr std::string_view undo_fails = "undo fails";
inline constexpr std::string_view take_back_fails = "failed task leaves something";
inline constexpr std::string_view part_undone = "one lane of a change undone, another done";
inline constexpr std::string_view automatic_refresh = "snaps refreshed by themselves";
inline constexpr std::string_view stepped = "refresh steps through a revision";
inline constexpr std::string_view launch_waits = "launcher waits for a refresh";
inline constexpr std::string_view launcher_dies = "launcher dies half-way";
inline constexpr std::string_view told_late = "end of an application told late";
inline constexpr std::string_view told_twice = "end of an application told twice";
inline constexpr std::string_view app_slips_in = "application slips in before the mark";
inline constexpr std::string_view app_holds = "application holds its refresh";
inline constexpr std::string_view app_holds_undo = "application holds the undo of its refresh";
inline constexpr std::string_view service_fails_to_start = "service can't be started";
inline constexpr std::string_view service_exits_at_once = "service ends as soon as it runs";
inline constexpr std::string_view service_never_ready = "service never gets ready";
inline constexpr std::string_view service_ends = "service ends by itself";
inline constexpr std::string_view service_leaves_others = "service leaves others behind";
inline constexpr std::string_view service_forced = "service stopped by force";
inline constexpr std::string_view service_resists = "service that can't be reached";
inline constexpr std::string_view service_endures = "service endures a refresh";
inline constexpr std::string_view service_fails_refresh = "service fails in a refresh";
inline constexpr std::string_view service_stays_disabled = "disabled service stays so in a refresh";
inline constexpr std::string_view services_left = "services left by a killed daemon";
inline constexpr std::string_view services_stop = "services stopped with their daemon";
inline constexpr std::string_view hook_of_pair = "hook of a connection of two snaps";
inline constexpr std::string_view hook_of_one = "hook of a connection of one snap";
inline constexpr std::string_view greedy_plug = "plug connected to several slots by itself";
inline constexpr std::string_view connected_by_itself = "connection made by itself";
inline constexpr std::string_view connection_undone = "connection by itself undone";
} // namespace sometimes

/// One more of it.
inline void hit(hit_counts& hits, std::string_view what) {
  auto found = hits.find(what);
  if (found == hits.end())
    hits.emplace(what, 1);
  else
    ++found->second;
}

/// The name of a fault, such as "mount: crash after".
std::string fault_name(std::string_view site, std::string_view what, std::string_view when);

/// All that a nightly run has to meet: faults at each site, and the conditions above.
std::vector<std::string> all_that_must_be_met();

} // namespace troupe::sim
