#include "runtime/tasks/task_kinds.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// The undo of a check: with it an undone task shows as Undone.
outcome nothing_to_do(task_context&) { return done(); }

using namespace tasks;

constexpr std::array kinds{
    task_kind{"claim-snaps", workplace::claims, nothing_to_do, nothing_to_do,
              "waits until the change owns its snaps, and plans it then", ""},
    task_kind{"assign-settings", workplace::settings, nothing_to_do, nothing_to_do,
              "sets options of the system, or who holds refreshes", "sets what was set before"},
    task_kind{"find-updates", workplace::lane, nothing_to_do, nothing_to_do,
              "stands for a refresh of all snaps that has found nothing newer", ""},
    task_kind{"prerequisites", workplace::lane, perform_prerequisites, nothing_to_do,
              "checks that the base is there", "", true},
    task_kind{"prepare-snap", workplace::effects, perform_prepare_snap, nothing_to_do,
              "checks that the image is there", ""},
    task_kind{"download-snap", workplace::downloads, perform_download_snap, undo_download_snap,
              "downloads the image to the spool and checks its digest", "removes what was downloaded"},
    task_kind{"validate-snap", workplace::effects, perform_validate_snap, nothing_to_do,
              "checks that the image is the snap that the store promised", ""},
    task_kind{"mount-snap", workplace::effects, perform_mount_snap, undo_mount_snap,
              "places the image, synced, and mounts it", "unmounts it, removes image and mount point"},
    task_kind{"wait-for-apps", workplace::effects, perform_wait_for_apps, undo_wait_for_apps,
              "waits until no application of the snap runs, and keeps new ones from starting",
              "lets applications start again", true, false, false, vacancy::in_perform,
              run_refresh_pending_hook},
    task_kind{"allow-apps", workplace::effects, perform_allow_apps, undo_allow_apps,
              "lets applications of the snap start again, on the new revision",
              "waits until none of them runs, and keeps new ones from starting", false, false, false,
              vacancy::in_undo},
    task_kind{"copy-snap-data", workplace::copies, perform_copy_snap_data, undo_copy_snap_data,
              "makes the data directories; in a refresh, copies the former revision's data",
              "removes those that were not there before, puts back what was there"},
    task_kind{"drop-former-data", workplace::copies, perform_drop_former_data, nullptr,
              "removes the data that the copy has replaced", "", false, true},
    task_kind{.name = "setup-profiles",
              .where = workplace::effects,
              .perform = perform_setup_profiles,
              .undo = undo_setup_profiles,
              .does = "writes what the snap's applications and hooks may do, by what it is connected to",
              .undoes = "removes it; after connections keep-profiles writes it",
              .takes_turn = true},
    task_kind{.name = "keep-profiles",
              .where = workplace::effects,
              .perform = perform_keep_profiles,
              .undo = undo_keep_profiles,
              .does = "stands before changes of connections",
              .undoes = "writes what the snap's applications and hooks may do, once those are undone",
              .takes_turn = true},
    task_kind{.name = "remove-profiles",
              .where = workplace::effects,
              .perform = perform_remove_profiles,
              .undo = undo_remove_profiles,
              .does = "removes what the snap's applications and hooks may do",
              .undoes = "writes it again",
              .takes_turn = true},
    task_kind{"link-snap", workplace::effects, perform_link_snap, undo_link_snap,
              "makes the revision active, with its `current` links and launchers",
              "puts back the former links, launchers and state"},
    task_kind{"unlink-snap", workplace::effects, perform_unlink_snap, undo_unlink_snap,
              "makes the snap inactive, takes its links and launchers away", "makes it active again"},
    task_kind{"unlink-current-snap", workplace::effects, perform_unlink_current_snap, undo_unlink_snap,
              "makes the former revision inactive; its launchers stay", "makes it active again"},
    task_kind{"switch-snap-channel", workplace::lane, perform_switch_snap_channel,
              undo_switch_snap_channel, "follows another channel", "follows the former channel"},
    task_kind{"auto-connect", workplace::switchboard, perform_auto_connect, undo_auto_connect,
              "finds what the snap is connected to by itself, and adds the tasks for it", ""},
    task_kind{"auto-disconnect", workplace::switchboard, perform_auto_disconnect, nothing_to_do,
              "finds what the snap is connected to, and adds the tasks that disconnect it", ""},
    task_kind{
        "connect", workplace::switchboard, perform_connect, undo_change_of_connection,
        "connects a plug to a slot, if rules still allow it with the attributes that hooks have set",
        "lets both snaps remember what they did before"},
    task_kind{"disconnect", workplace::switchboard, perform_disconnect, undo_change_of_connection,
              "disconnects a plug from a slot", "lets both snaps remember what they did before"},
    task_kind{"set-auto-aliases", workplace::effects, perform_set_auto_aliases, undo_change_aliases,
              "takes over the automatic aliases that the store declares, with all links of the snap's",
              "puts the former aliases and links back"},
    task_kind{"setup-aliases", workplace::effects, perform_setup_aliases, undo_setup_aliases,
              "makes the links of the snap's aliases", "takes them away"},
    task_kind{"remove-aliases", workplace::effects, perform_remove_aliases, undo_remove_aliases,
              "takes the links of the snap's aliases away", "makes them again"},
    task_kind{"alias", workplace::effects, perform_change_aliases, undo_change_aliases,
              "enables an alias, with its link", "puts the former aliases and links back"},
    task_kind{"unalias", workplace::effects, perform_change_aliases, undo_change_aliases,
              "disables an alias, or all of a snap, with their links",
              "puts the former aliases and links back"},
    task_kind{"prefer", workplace::effects, perform_change_aliases, undo_change_aliases,
              "enables a snap's automatic aliases, with their links",
              "puts the former aliases and links back"},
    task_kind{"yield-aliases", workplace::effects, perform_change_aliases, undo_change_aliases,
              "disables the aliases that another snap is preferred for, with their links",
              "puts the former aliases and links back"},
    task_kind{"run-hook", workplace::hooks, perform_run_hook, undo_run_hook,
              "runs the hook in its own process group, with a time limit",
              "runs the hook that undoes it, if the snap has one; what a snap said of itself before "
              "counts again",
              true, false, true},
    task_kind{"start-snap-services", workplace::services, nothing_to_do, nothing_to_do,
              "starts the services that aren't disabled, all or none", "stops those it has started"},
    task_kind{"stop-snap-services", workplace::services, nothing_to_do, nothing_to_do,
              "stops the services; in a refresh or revert, but those that endure it",
              "starts those again that ran"},
    task_kind{"service-command", workplace::services, nothing_to_do, nothing_to_do,
              "starts, stops, restarts or reloads services, and enables or disables them",
              "stops those it has started, starts those it has stopped; enables and disables what was"},
    task_kind{"save-snapshot", workplace::copies, perform_save_snapshot, undo_save_snapshot,
              "saves the data and the configuration in a snapshot", "removes the snapshot"},
    task_kind{"check-snapshot", workplace::copies, perform_check_snapshot, nothing_to_do,
              "reads all of a snapshot and checks its digests", ""},
    task_kind{"restore-snapshot", workplace::copies, perform_restore_snapshot, undo_restore_snapshot,
              "puts a snapshot's data and configuration in place of those that are there",
              "puts the former data and configuration back"},
    task_kind{"drop-replaced-data", workplace::copies, perform_drop_replaced_data, nullptr,
              "removes the data that the restore has replaced", "", false, true},
    task_kind{"forget-snapshot", workplace::effects, perform_forget_snapshot, nullptr,
              "removes a snapshot", "", false, true},
    task_kind{"clear-snap", workplace::copies, perform_clear_snap, nullptr,
              "removes the revision's data, with the last one the common data too", "", false, true},
    task_kind{"discard-snap", workplace::effects, perform_discard_snap, nullptr,
              "unmounts and removes the revision", "", false, true},
};

} // namespace

std::span<const task_kind> task_kinds() { return kinds; }

const task_kind* find_task_kind(std::string_view name) {
  const auto* found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : found;
}

} // namespace troupe
