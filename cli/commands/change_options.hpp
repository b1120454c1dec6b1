#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// What every command that starts a change lets its user say about the change.
struct change_options {
  std::string transaction; ///< Empty: the daemon's choice.
  std::string conflict;
  std::string running_apps; ///< Empty: the command isn't about that.
  bool ignores_running = false;

  /// These options as fields of a form.
  std::vector<std::pair<std::string, std::string>> fields() const;

  /// Adds them to the body of a request.
  void add_to(json::object& request) const;
};

/// Adds --conflict, and --transaction for commands that take several snaps.
std::shared_ptr<change_options> add_change_options(CLI::App& command, bool several_snaps);

/// Adds --running-apps and --ignore-running to a command that replaces revisions.
void add_running_apps_options(CLI::App& command, change_options& options);

/// Starts a change on one or several snaps; the request has its action and its own options already.
std::string start_change_on(session& session, const std::vector<std::string>& names,
                            json::object request, const change_options& options);

} // namespace troupe::cli
