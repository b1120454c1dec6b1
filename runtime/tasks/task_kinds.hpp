#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// Where a kind's handlers run.
enum class workplace : std::uint8_t {
  lane,        ///< In the lane actor itself: it never blocks.
  claims,      ///< At the director, which answers once the change owns its snaps.
  settings,    ///< At the settings, which get what the task's set-up says: "set", or "back" to undo it.
  services,    ///< At the services, which start and stop them.
  switchboard, ///< At the switchboard, with the view of all plugs and slots.
  effects,     ///< On a performer: short work on files and mounts.
  copies,      ///< On a performer for long copies.
  downloads,   ///< On a performer that waits for a store.
  hooks,       ///< On a performer that waits for a process.
};

/// Performs or undoes a task; throws failure where it can't. Idempotent: after a crash it runs again.
using task_handler = outcome (*)(task_context&);

/// Which side of a kind runs only while nothing of the snap does.
enum class vacancy : std::uint8_t { nowhere, in_perform, in_undo };

struct task_kind {
  std::string_view name;
  workplace where;
  task_handler perform;
  task_handler undo;         ///< Null: nothing to undo, or irreversible.
  std::string_view does{};   ///< What perform does, such as `checks that the base is there`.
  std::string_view undoes{}; ///< What undo does; empty: nothing, or irreversible.
  bool reads_base = false;   ///< Wants the base's state too.
  bool irreversible = false; ///< What perform does can't be taken back.
  bool has_context = false;  ///< Its process may ask for something while it runs: it gets a cookie.
  /// That side waits for the end of the snap's applications first. It answers with retry where one has
  /// slipped in.
  vacancy needs_vacancy = vacancy::nowhere;
  task_handler while_waiting = nullptr; ///< What tells the snap that it is waited for; has a context.
  /// Runs while no hook of its snap does, and no other task of such a kind; as all do that have a
  /// context.
  bool takes_turn = has_context;

  bool awaits_vacancy(bool undo) const {
    return needs_vacancy == (undo ? vacancy::in_undo : vacancy::in_perform);
  }
};

/// Every kind this version knows.
std::span<const task_kind> task_kinds();

/// The kind of this name; null where a newer version planned the task.
const task_kind* find_task_kind(std::string_view name);

/// How a kind is found; other than find_task_kind for task graphs that no snap stands behind.
using task_kind_finder = const task_kind* (*)(std::string_view name);

/// The handlers; each in the file of its kind.
namespace tasks {

outcome perform_prerequisites(task_context&);
outcome perform_prepare_snap(task_context&);
outcome perform_mount_snap(task_context&);
outcome undo_mount_snap(task_context&);
outcome perform_download_snap(task_context&);
outcome undo_download_snap(task_context&);
outcome perform_validate_snap(task_context&);
outcome perform_copy_snap_data(task_context&);
outcome undo_copy_snap_data(task_context&);
outcome perform_drop_former_data(task_context&);
outcome perform_switch_snap_channel(task_context&);
outcome undo_switch_snap_channel(task_context&);
outcome perform_unlink_current_snap(task_context&);
outcome perform_link_snap(task_context&);
outcome undo_link_snap(task_context&);
outcome perform_unlink_snap(task_context&);
outcome undo_unlink_snap(task_context&);
outcome perform_run_hook(task_context&);
outcome undo_run_hook(task_context&);
outcome perform_save_snapshot(task_context&);
outcome undo_save_snapshot(task_context&);
outcome perform_check_snapshot(task_context&);
outcome perform_restore_snapshot(task_context&);
outcome undo_restore_snapshot(task_context&);
outcome perform_drop_replaced_data(task_context&);
outcome perform_forget_snapshot(task_context&);
outcome perform_wait_for_apps(task_context&);
outcome undo_wait_for_apps(task_context&);
outcome perform_allow_apps(task_context&);
outcome undo_allow_apps(task_context&);
outcome run_refresh_pending_hook(task_context&);
outcome perform_set_auto_aliases(task_context&);
outcome perform_setup_aliases(task_context&);
outcome undo_setup_aliases(task_context&);
outcome perform_remove_aliases(task_context&);
outcome undo_remove_aliases(task_context&);
outcome perform_change_aliases(task_context&);
outcome undo_change_aliases(task_context&);
outcome perform_auto_connect(task_context&);
outcome undo_auto_connect(task_context&);
outcome perform_auto_disconnect(task_context&);
outcome perform_connect(task_context&);
outcome perform_disconnect(task_context&);
outcome undo_change_of_connection(task_context&);
outcome perform_setup_profiles(task_context&);
outcome undo_setup_profiles(task_context&);
outcome perform_keep_profiles(task_context&);
outcome undo_keep_profiles(task_context&);
outcome perform_remove_profiles(task_context&);
outcome undo_remove_profiles(task_context&);
outcome perform_clear_snap(task_context&);
outcome perform_discard_snap(task_context&);

} // namespace tasks
} // namespace troupe
