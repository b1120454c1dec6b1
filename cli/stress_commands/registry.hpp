#pragma once

#include <CLI/CLI.hpp>
#include <functional>

/// Each adds one command to troupe-stress, in the file of that name; the one that the arguments name
/// sets the action.
namespace troupe::stress {

void add_crash(CLI::App& app, std::function<int()>& action);
void add_load(CLI::App& app, std::function<int()>& action);
void add_scenario(CLI::App& app, std::function<int()>& action);
void add_sim(CLI::App& app, std::function<int()>& action);

} // namespace troupe::stress
