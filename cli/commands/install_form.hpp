#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// What `install` and `plan install` take besides the options that every change has.
struct install_options {
  std::vector<std::string> files;
  std::string name;
  bool dangerous = false;
  bool devmode = false;
  bool classic = false;
  bool jailmode = false;
};

/// Adds the argument FILE and the options to a command.
std::shared_ptr<install_options> add_install_options(CLI::App& command);

/// The form that installs these files. Throws usage_error where the options contradict each other, and
/// failure for a path that isn't a plain file that we may read.
file_form install_form(const install_options& options);

} // namespace troupe::cli
