#include "tests/sim/coverage.hpp"

namespace troupe::sim {

namespace {

/// The functions of the host's ports and of the journal's disk that change something, but those that
/// faults meet too seldom: rename, copy_tree, and what saves and restores snapshots.
constexpr std::string_view sites[] = {
    "make_dirs",   "place_image",     "make_link",   "remove_file",   "remove_tree",   "mount",
    "unmount",     "run_hook",        "kill_marked", "journal_write", "journal_sync",  "download",
    "read_stores", "forget_snapshot", "inhibit",     "allow",         "start_service", "end_service"};

constexpr std::string_view conditions[] = {sometimes::crash_in_do,
                                           sometimes::crash_in_undo,
                                           sometimes::crash_between_messages,
                                           sometimes::crash_at_start,
                                           sometimes::crash_amid_lanes,
                                           sometimes::restart,
                                           sometimes::restart_amid_change,
                                           sometimes::start_fails,
                                           sometimes::power_cut,
                                           sometimes::write_lost,
                                           sometimes::write_torn,
                                           sometimes::write_kept,
                                           sometimes::commit_kept,
                                           sometimes::commit_failed,
                                           sometimes::partial_effect,
                                           sometimes::lasting_fault,
                                           sometimes::hook_fails,
                                           sometimes::hook_hangs,
                                           sometimes::hook_killed,
                                           sometimes::clock_back,
                                           sometimes::clock_on,
                                           sometimes::client_vanishes,
                                           sometimes::refused_conflict,
                                           sometimes::refused_journal,
                                           sometimes::abort_waiting_claim,
                                           sometimes::abort_waiting_admission,
                                           sometimes::abort_running,
                                           sometimes::abort_undoing,
                                           sometimes::abort_lane,
                                           sometimes::claims_after_wait,
                                           sometimes::wait_limit,
                                           sometimes::lanes_together,
                                           sometimes::undos_together,
                                           sometimes::undo_fails,
                                           sometimes::take_back_fails,
                                           sometimes::automatic_refresh,
                                           sometimes::stepped,
                                           sometimes::launch_waits,
                                           sometimes::launcher_dies,
                                           sometimes::told_late,
                                           sometimes::told_twice,
                                           sometimes::app_slips_in,
                                           sometimes::app_holds,
                                           sometimes::app_holds_undo,
                                           sometimes::part_undone,
                                           sometimes::service_fails_to_start,
                                           sometimes::service_exits_at_once,
                                           sometimes::service_never_ready,
                                           sometimes::service_ends,
                                           sometimes::service_leaves_others,
                                           sometimes::service_forced,
                                           sometimes::service_resists,
                                           sometimes::service_endures,
                                           sometimes::service_fails_refresh,
                                           sometimes::service_stays_disabled,
                                           sometimes::services_left,
                                           sometimes::services_stop,
                                           sometimes::hook_of_pair,
                                           sometimes::hook_of_one,
                                           sometimes::greedy_plug,
                                           sometimes::connected_by_itself,
                                           sometimes::connection_undone};

} // namespace

std::string fault_name(std::string_view site, std::string_view what, std::string_view when) {
  return std::string{site} + ": " + std::string{what} + " " + std::string{when};
}

std::vector<std::string> all_that_must_be_met() {
  std::vector<std::string> all;
  for (auto site : sites)
    for (auto what : {"error", "crash"})
      for (auto when : {"before", "after"})
        all.push_back(fault_name(site, what, when));
  for (const std::string verb : {"install", "remove", "enable", "disable", "refresh", "revert", "alias",
                                 "prefer", "yield-aliases", "connect", "disconnect"})
    for (const std::string how : {"done", "undone"})
      all.push_back(verb + " " + how);
  for (const std::string verb : {"start", "stop", "restart"})
    for (const std::string how : {"done", "undone"})
      all.push_back(verb + "-services " + how);
  all.insert(all.end(), {"reload-services done", "unalias done"});
  all.insert(all.end(), std::begin(conditions), std::end(conditions));
  return all;
}

} // namespace troupe::sim
