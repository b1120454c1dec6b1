#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/ids.hpp"
#include "messages/status.hpp"
#include "runtime/json/json.hpp"

namespace troupe::stress {

/// A task of a scenario, by the name that the file gives it.
struct scenario_task {
  std::string id;
  std::vector<std::string> waits_for;
  std::vector<lane_number> lanes; ///< Empty: lane 0.
  bool has_undo = true;
  task_status status = task_status::do_;
  task_status waited = task_status::done; ///< What a given Wait is resolved to.
};

/// What a handler does; several on one task happen in this order.
enum class fault_kind : std::uint8_t {
  block,     ///< Runs until the task is told to stop.
  retry,     ///< Wants to be run again at once; the first time only.
  error,     ///< Fails with "boom".
  set_ready, ///< Sets the task's final status itself: Done, or Undone when undoing.
  wait,      ///< Returns Wait.
};

struct scenario_fault {
  std::string task;
  bool on_undo = false;
  fault_kind what = fault_kind::error;
};

struct whole_change {};
struct unready_lanes {};

struct scenario_abort {
  std::string when; ///< "before", or an event such as "t11:do"; it comes right after that.
  std::variant<whole_change, unready_lanes, std::vector<lane_number>> what;
};

/// A task graph, what goes wrong in it, and when it is aborted or restarted.
/// Source of the format: docs/reference/scenarios.md.
struct scenario {
  std::string name;
  std::vector<scenario_task> tasks;
  std::vector<scenario_fault> faults;
  std::optional<scenario_abort> abort;
  bool run = true;
  std::string restart_after; ///< An event, or empty.
};

/// The scenarios of a file: one, or an array of them.
struct scenario_file {
  std::vector<scenario> scenarios;
  bool is_array = false;
};

/// Reads a file's text. Throws failure `cannot read scenario file "NAME": …` with line and column of
/// what is wrong with the JSON, and with the place in it (`tasks[2].lanes`) of what is wrong with its
/// meaning: an unknown key or word, a missing or doubled id, a wait for or a fault of an unknown task,
/// an event or a lane that can't be. Cycles are for the run to find.
scenario_file parse_scenarios(std::string_view text, const std::string& name);

} // namespace troupe::stress
