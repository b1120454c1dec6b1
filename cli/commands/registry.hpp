#pragma once

#include "cli/commands/session.hpp"

/// Each adds one command to the program, in the file of that name.
namespace troupe::cli {

void add_abort(CLI::App& app, session& session);
void add_alias(CLI::App& app, session& session);
void add_aliases(CLI::App& app, session& session);
void add_changes(CLI::App& app, session& session);
void add_check_snapshot(CLI::App& app, session& session);
void add_completion(CLI::App& app, session& session);
void add_connect(CLI::App& app, session& session);
void add_connections(CLI::App& app, session& session);
void add_declaration(CLI::App& app, session& session);
void add_disable(CLI::App& app, session& session);
void add_disconnect(CLI::App& app, session& session);
void add_enable(CLI::App& app, session& session);
void add_find(CLI::App& app, session& session);
void add_forget(CLI::App& app, session& session);
void add_get(CLI::App& app, session& session);
void add_help(CLI::App& app, session& session);
void add_history(CLI::App& app, session& session);
void add_info(CLI::App& app, session& session);
void add_inspect(CLI::App& app, session& session);
void add_install(CLI::App& app, session& session);
void add_interface(CLI::App& app, session& session);
void add_interfaces(CLI::App& app, session& session);
void add_list(CLI::App& app, session& session);
void add_logs(CLI::App& app, session& session);
void add_notice(CLI::App& app, session& session);
void add_notices(CLI::App& app, session& session);
void add_okay(CLI::App& app, session& session);
void add_pack(CLI::App& app, session& session);
void add_plan(CLI::App& app, session& session);
void add_prefer(CLI::App& app, session& session);
void add_refresh(CLI::App& app, session& session);
void add_remove(CLI::App& app, session& session);
void add_restart(CLI::App& app, session& session);
void add_restore(CLI::App& app, session& session);
void add_revert(CLI::App& app, session& session);
void add_run(CLI::App& app, session& session);
void add_save(CLI::App& app, session& session);
void add_saved(CLI::App& app, session& session);
void add_services(CLI::App& app, session& session);
void add_set(CLI::App& app, session& session);
void add_start(CLI::App& app, session& session);
void add_stop(CLI::App& app, session& session);
void add_store(CLI::App& app, session& session);
void add_switch(CLI::App& app, session& session);
void add_tasks(CLI::App& app, session& session);
void add_unalias(CLI::App& app, session& session);
void add_unset(CLI::App& app, session& session);
void add_version(CLI::App& app, session& session);
void add_warnings(CLI::App& app, session& session);
void add_watch(CLI::App& app, session& session);
void add_why(CLI::App& app, session& session);

/// The headings under which `troupe --help` lists the commands.
namespace group {
inline constexpr auto snaps = "Install and remove";
inline constexpr auto look = "See what is there";
inline constexpr auto options = "Set options";
inline constexpr auto interfaces = "Connect plugs and slots";
inline constexpr auto names = "Name applications";
inline constexpr auto services = "Run services";
inline constexpr auto snapshots = "Save and restore data";
inline constexpr auto changes = "Follow changes";
inline constexpr auto build = "Make snaps";
inline constexpr auto other = "Other";
} // namespace group

} // namespace troupe::cli
