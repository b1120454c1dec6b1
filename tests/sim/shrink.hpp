#pragma once

#include <functional>

#include "tests/sim/simulation.hpp"

namespace troupe::sim {

/// Leaves out steps of a failing run, half of them first and then fewer, for as long as the rest still
/// breaks a rule; returns the shortest found. Source: Zeller and Hildebrandt's delta debugging.
/// `tried` is told of each try's number and of how many steps are left.
simulation_report shrink(simulation_options options, simulation_report failed,
                         const std::function<void(std::size_t, std::size_t)>& tried);

} // namespace troupe::sim
