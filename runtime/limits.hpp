#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound of the system, with its unit in its name or its type.
namespace troupe::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t api_body_bytes = 4U << 20;
inline constexpr std::uint64_t upload_bytes = 16ULL << 30;
inline constexpr std::size_t api_header_bytes = 64U << 10;
inline constexpr std::size_t api_connections = 512;
inline constexpr auto api_idle = 120s;
inline constexpr auto api_answer = 120s;
inline constexpr auto api_connect = 10s;
inline constexpr auto api_linger = 2s;
inline constexpr auto api_stop_grace = 2s;
inline constexpr auto api_accept_retry = 100ms;
inline constexpr std::uint64_t api_drain_bytes = 64U << 20;
inline constexpr std::size_t api_answer_bytes = 256U << 20;
inline constexpr std::size_t api_stream_bytes = 1U << 20; ///< That a client is behind.
inline constexpr std::size_t api_refused_connections = 64;
inline constexpr std::size_t multipart_parts = 1'100;
inline constexpr std::size_t multipart_header_bytes = 8U << 10;
inline constexpr std::size_t multipart_field_bytes = 64U << 10;
inline constexpr std::size_t json_depth = 64;

inline constexpr std::size_t snap_yaml_bytes = 1U << 20;
inline constexpr std::size_t snap_yaml_depth = 64;
inline constexpr std::size_t snap_yaml_nodes = 100'000;
inline constexpr std::size_t snap_apps = 1'000;
inline constexpr std::size_t snap_hooks = 1'000;
inline constexpr std::size_t snap_aliases = 1'000;       ///< Of one snap, automatic and manual ones.
inline constexpr std::uint32_t most_candidates = 10'000; ///< That a declaration's rule may count.
inline constexpr std::size_t declaration_cases_bytes = 64U << 20;
inline constexpr std::size_t snap_environment_variables = 1'000;
inline constexpr std::size_t snap_attribute_depth = 32; ///< Below json_depth, for the JSON around them.
inline constexpr std::size_t snap_app_name_bytes = 200; ///< A launcher's file name is NAME_KEY.APP.
inline constexpr std::uint32_t snap_image_fragments = 4U << 20;
inline constexpr std::size_t snap_listing_bytes = 64U << 20;
inline constexpr std::size_t command_line_bytes = 128U << 10;

inline constexpr std::size_t change_tasks = 10'000;
inline constexpr std::size_t task_log_lines = 10;
inline constexpr std::size_t ended_changes_kept = 500;
inline constexpr auto ended_change_age = 24h;
inline constexpr auto unready_change_age = 72h;
inline constexpr auto age_look = 1h; // How often it is seen whether changes are as old as that.
inline constexpr auto runnable_patience = 5s;
inline constexpr auto cleanup_retry = 5s;
// An undo, or the removal of what can't be brought back, is tried so often before it counts as failed.
inline constexpr int undo_tries = 5;
inline constexpr auto undo_retry = 1s;
inline constexpr int cleanup_tries = 10;
inline constexpr std::size_t waiting_claims = 1'000;
inline constexpr std::size_t change_snaps = 1'000;
inline constexpr std::size_t bad_revisions_kept = 20;
inline constexpr std::size_t history_changes_kept = 100'000;
inline constexpr std::size_t history_answer_changes = 10'000;
inline constexpr std::size_t history_answer_default_changes = 100;

inline constexpr auto hook_run = 10min;
inline constexpr auto configure_hook_run = 5min;
inline constexpr std::size_t hook_output_bytes = 64U << 10;
// Source: the documentation of snapctl, set-health.
inline constexpr std::size_t health_message_characters_least = 7;
inline constexpr std::size_t health_message_characters_most = 70;
inline constexpr std::size_t health_code_bytes_least = 3;
inline constexpr std::size_t health_code_bytes_most = 30;
inline constexpr std::size_t hook_cookie_random_bytes = 16;
inline constexpr std::size_t hook_tool_bytes = 64U << 20;
inline constexpr auto process_stop_grace = 2s;
inline constexpr auto squashfuse_start = 30s;
inline constexpr std::size_t copied_tree_levels = 256;

inline constexpr auto service_start = 30s; ///< Unless snap.yaml says otherwise; so is service_stop.
inline constexpr auto service_stop = 30s;
inline constexpr auto service_time_most = 24h; ///< That snap.yaml may say.
// Doubled before each further restart; forgotten once the service has run for so long.
inline constexpr auto service_restart = 100ms;
inline constexpr auto service_restart_longest = 1min;
inline constexpr auto service_restart_forgotten = 1min;
// Source: systemd's StartLimitBurst and StartLimitIntervalSec.
inline constexpr std::size_t service_starts = 5;
inline constexpr auto service_starts_window = 10s;
inline constexpr auto services_stop = 40s;              ///< All of them, when the daemon stops.
inline constexpr std::size_t service_log_lines = 1'000; ///< Of one service, in memory.
inline constexpr std::size_t service_log_line_bytes = 4U << 10;
inline constexpr std::uint64_t service_log_file_bytes = 1U << 20;
inline constexpr std::size_t service_log_followers = 100;
inline constexpr std::size_t service_failure_lines = 10; ///< That the text of a failure shows.
inline constexpr std::size_t service_notification_bytes = 4U << 10;

inline constexpr std::size_t shown_processes = 20;
// Where the host tells of no event, it is asked so often.
inline constexpr auto process_poll = 250ms;
inline constexpr auto process_look_retry = 1s;
inline constexpr auto release_agent_trial = 1s;
inline constexpr auto refresh_pending_hook_run = 1min;
inline constexpr auto refresh_pending_reminder = 24h;
inline constexpr std::size_t process_entry_bytes = 1U << 20; ///< Of a file in /proc.
// A lane doesn't wait any longer for logind's lock, and after such a wait asks for none for a while.
inline constexpr auto shutdown_lock_wait = 1s;
inline constexpr auto shutdown_lock_retry = 10min;
inline constexpr std::size_t parallel_hooks = 64;
inline constexpr std::size_t parallel_copies = 4;
inline constexpr std::size_t performers_per_core = 2;

inline constexpr std::size_t notices_kept = 10'000;
inline constexpr std::size_t notice_key_bytes = 256;
inline constexpr auto notice_age = 24h * 7;
inline constexpr std::size_t warnings_kept = 1'000;
inline constexpr auto warning_age = 24h * 28;
inline constexpr auto warning_repeat = 24h;

inline constexpr std::size_t epoch_steps = 64; ///< Revisions that one refresh goes through.

inline constexpr std::size_t scenario_file_bytes = 64U << 20;

inline constexpr std::size_t events_kept = 1'000;
inline constexpr std::size_t actor_throughput_messages = 50;
inline constexpr auto actor_request = 60s;

inline constexpr std::uint64_t journal_reserve_bytes = 1U << 20;
inline constexpr auto journal_retry = 500ms;
inline constexpr auto journal_laziness = 1s;
inline constexpr std::size_t journal_later_batches = 10'000;
inline constexpr std::size_t snapshot_meta_bytes = 8U << 20;
inline constexpr std::size_t snapshot_members = 10'000'000;         ///< In one of its two archives.
inline constexpr std::uint64_t snapshot_member_bytes = 16ULL << 40; ///< A file's length, holes included.
inline constexpr std::size_t snapshot_attribute_bytes = 256U << 10; ///< Of one file, names and values.
inline constexpr std::size_t snapshot_attributes = 10'000;          ///< Of one file.
inline constexpr auto snapshot_age = 24h * 31; ///< Automatic ones that are older are pruned.
inline constexpr auto snapshot_pruning = 24h;  ///< Between two looks for such.

inline constexpr std::size_t store_index_bytes = 64U << 20;
inline constexpr std::size_t store_signature_bytes = 4U << 10;
inline constexpr std::size_t store_snaps = 10'000;
inline constexpr std::size_t store_snap_revisions = 10'000;
inline constexpr std::size_t store_snap_channels = 1'000;
inline constexpr std::size_t store_channel_releases = 10'000;
inline constexpr std::size_t store_text_bytes = 256; ///< An id, a publisher's name, a file's path.
inline constexpr std::size_t store_name_bytes = 40;
inline constexpr std::size_t store_image_bytes = upload_bytes;
inline constexpr std::size_t channel_part_bytes = 64;
inline constexpr std::size_t stores = 32;
inline constexpr std::size_t store_key_file_bytes = 4U << 10;
inline constexpr std::size_t store_redirects = 5;
inline constexpr auto store_connect = 10s;
// A server that sends less than so many bytes a second for so long is given up.
inline constexpr auto store_stall = 30s;
inline constexpr long store_stall_bytes_per_second = 100;
inline constexpr int store_tries = 4;
inline constexpr auto store_retry = 1s; ///< Before the second try; doubled before each further one.
inline constexpr auto store_retry_longest = 30s;
// A try that brought this much doesn't count as one that failed.
inline constexpr std::uint64_t store_progress_bytes = 1U << 20;
inline constexpr std::size_t store_parallel_downloads = 8;
// An index that is just being replaced doesn't match its signature for a moment.
inline constexpr int store_signature_tries = 3;
inline constexpr auto store_signature_retry = 100ms;

inline constexpr std::size_t refresh_timer_bytes = 1'000;
inline constexpr std::uint32_t refresh_timer_windows = 1'440; ///< In one day.
// The greatest distance between two windows is five weeks and a day.
inline constexpr int refresh_timer_search_days = 100;
inline constexpr auto refresh_retry = 20min; ///< After stores couldn't be read, or all snaps were busy.
// Longer sleeps are broken up, since the host's clock may be set meanwhile.
inline constexpr auto refresher_sleep = 10min;
inline constexpr auto refresh_hold_least = 1s;
inline constexpr auto refresh_hold_most = 24h * 3'660; ///< Ten years; longer ones are forever.
inline constexpr auto refresh_hold_by_snap = 24h * 90; ///< Of its own refresh, by snapctl.
inline constexpr auto refresh_hold_of_others = 48h;    ///< Of another snap's refresh, by snapctl.
inline constexpr std::size_t refresh_hold_reason_bytes = 1'000;
inline constexpr std::size_t refresh_holds = 10'000;

inline constexpr std::int64_t refresh_retain_least = 2; ///< Revisions of a snap, the incoming one too.
inline constexpr std::int64_t refresh_retain_most = 20;
inline constexpr std::int64_t refresh_retain_default = 2;
inline constexpr auto refresh_inhibition_least = 1s;
inline constexpr auto refresh_inhibition_most = 24h * 366;
inline constexpr auto snapshot_retention_least = 24h;
inline constexpr auto snapshot_retention_most = 24h * 3'660;
inline constexpr std::size_t option_name_bytes = 256;
inline constexpr std::size_t option_value_bytes = 4U << 10;
inline constexpr std::size_t snap_config_bytes = 1U << 20;       ///< Of one snap, written as JSON.
inline constexpr std::size_t security_profile_bytes = 16U << 20; ///< Of all programs of a revision.
/// How long a root directory's lock is waited for that a daemon which has died has left to a child.
inline constexpr auto left_lock_wait = 5s;
inline constexpr std::size_t hook_service_commands = 100; ///< That one run of a hook may ask for.

} // namespace troupe::limits
