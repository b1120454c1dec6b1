#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// What `install` and `plan install` take besides the options that every change has.
struct install_options {
  std::vector<std::string> files; ///< Or names of snaps in a store.
  std::string name;
  std::string channel;
  std::string revision;
  bool dangerous = false;
  bool devmode = false;
  bool classic = false;
  bool jailmode = false;
  bool unaliased = false;
};

/// Adds the argument FILE and the options to a command.
std::shared_ptr<install_options> add_install_options(CLI::App& command);

/// Whether an argument is a file rather than a snap's name: it ends in .snap or has a slash.
bool names_file(const std::string& argument);

/// The request that installs snaps of these names from a store, without the names. Throws usage_error
/// where the options contradict each other.
json::object store_install(const install_options& options);

/// The form that installs these files. Throws usage_error where the options contradict each other, and
/// failure for a path that isn't a plain file that we may read.
file_form install_form(const install_options& options);

} // namespace troupe::cli
