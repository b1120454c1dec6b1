#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/snapctl/client.hpp"
#include "runtime/version.hpp"

// The client: it parses the command line, and each command of it stands in a file of commands/.

namespace {

using namespace troupe::cli;

std::string default_root() {
  const char* variable = std::getenv("TROUPE_ROOT");
  return variable && *variable ? variable : "/";
}

void add_global_options(CLI::App& app, session& session) {
  app.add_option("--root", session.root,
                 "Where the snaps and the daemon's socket are; $TROUPE_ROOT, else /")
      ->type_name("DIR");
  app.add_flag("--json", session.json, "Print one JSON document, also for an error");
  app.add_flag("--no-wait", session.no_wait, "Print the change's id instead of waiting for its end");
  app.set_version_flag("--version", std::string{"troupe "} + troupe::version);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("REQUIRED", "");
  app.footer("Each command has a --help with examples. A first walk:\n"
             "  troupe pack ./hello && troupe install --dangerous ./hello_1.0_all.snap\n"
             "  troupe run hello\n"
             "  troupe remove hello\n\n"
             "Exit codes: 0 done, 1 an error, 10 another change has the snap, 64 a wrong command line.");
}

void add_commands(CLI::App& app, session& session) {
  for (auto add : {add_install,     add_refresh,    add_revert,     add_switch,
                   add_find,        add_remove,     add_enable,     add_disable,
                   add_plan,        add_get,        add_set,        add_unset,
                   add_save,        add_saved,      add_restore,    add_check_snapshot,
                   add_forget,      add_alias,      add_unalias,    add_prefer,
                   add_aliases,     add_connect,    add_disconnect, add_connections,
                   add_interface,   add_interfaces, add_services,   add_start,
                   add_stop,        add_restart,    add_logs,       add_run,
                   add_list,        add_info,       add_warnings,   add_okay,
                   add_notices,     add_notice,     add_version,    add_changes,
                   add_history,     add_tasks,      add_watch,      add_why,
                   add_abort,       add_pack,       add_inspect,    add_store,
                   add_declaration, add_completion, add_help})
    add(app, session);
}

/// What is wrong with a command line, and where its help is.
std::string fault_of(const CLI::App& app, const CLI::ParseError& error) {
  auto commands = app.get_subcommands();
  if (!commands.empty())
    return std::string{error.what()} + ", see 'troupe " + commands.front()->get_name() + " --help'";
  auto extras = app.remaining();
  if (!extras.empty() && !extras.front().starts_with('-'))
    return "unknown command \"" + extras.front() + "\", see 'troupe help'";
  return std::string{error.what()} + ", see 'troupe help'";
}

/// Prints what a command line that isn't carried out has to say: help, version or what is wrong with it.
int refuse(const CLI::App& app, session& session, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0)
    return app.exit(error);
  // Flags after the fault have not been read.
  session.json = session.json || std::find(argv, argv + argc, std::string_view{"--json"}) != argv + argc;
  report(session, usage_error{fault_of(app, error)});
  return exit_code::usage;
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 0 && std::filesystem::path{argv[0]}.filename() == "snapctl")
    return troupe::run_snapctl({argv + 1, argv + argc});
  session session;
  session.root = default_root();
  CLI::App app{"Installs, removes and runs snap packages; each operation is done wholly or undone.",
               "troupe"};
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_global_options(app, session);
  add_commands(app, session);
  try {
    app.parse(argc, argv);
    if (!session.action) {
      std::cout << app.help();
      return exit_code::ok;
    }
    return session.action();
  } catch (const CLI::ParseError& error) {
    return refuse(app, session, error, argc, argv);
  } catch (const troupe::failure& error) {
    report(session, error);
    return code_of(error);
  } catch (const std::exception& error) {
    report(session, troupe::failure{troupe::failure_kind::internal, error.what()});
    return exit_code::failed;
  }
}
