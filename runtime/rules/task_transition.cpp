#include "runtime/rules/task_transition.hpp"

#include <array>

namespace troupe {
namespace {

/// Where a transition leads.
enum class target : std::uint8_t {
  none, // the event means nothing
  doing,
  done,
  abort,
  undo,
  undoing,
  undone,
  hold,
  error,
  wait,
  unwind,     // Undo with an undo handler, else Hold
  begin_undo, // Undoing with an undo handler, else Done
  waited,     // what the task waits to become
  as_waited,  // what the event does to the status the task waits to become
};

using row = std::array<target, task_event_count>;

// A handler that set its task's final status itself may still return an error or a Wait; that counts.
// clang-format off
constexpr std::array<row, task_status_count> table = [] {
  using enum target;
  return std::array<row, task_status_count>{
      //  pick        ok      retry    wait    error  abort      not_running  resolve
      row{doing,      none,   none,    none,   none,  hold,      none,        none},    // Do
      row{none,       done,   doing,   wait,   error, abort,     none,        none},    // Doing
      row{none,       none,   none,    wait,   error, undo,      none,        none},    // Done
      row{none,       undo,   unwind,  unwind, error, none,      unwind,      none},    // Abort
      row{begin_undo, none,   none,    none,   none,  none,      none,        none},    // Undo
      row{none,       undone, undoing, wait,   error, none,      none,        none},    // Undoing
      row{none,       none,   none,    wait,   error, none,      none,        none},    // Undone
      row{none,       none,   none,    wait,   error, none,      none,        none},    // Hold
      row{none,       none,   none,    wait,   error, none,      none,        none},    // Error
      row{none,       none,   none,    none,   none,  as_waited, none,        waited},  // Wait
  };
}();
// clang-format on

} // namespace

std::optional<task_status> next_status(task_status from, task_event event, bool has_undo,
                                       task_status waited) {
  switch (table.at(static_cast<std::size_t>(from)).at(static_cast<std::size_t>(event))) {
  case target::none:
    return std::nullopt;
  case target::doing:
    return task_status::doing;
  case target::done:
    return task_status::done;
  case target::abort:
    return task_status::abort;
  case target::undo:
    return task_status::undo;
  case target::undoing:
    return task_status::undoing;
  case target::undone:
    return task_status::undone;
  case target::hold:
    return task_status::hold;
  case target::error:
    return task_status::error;
  case target::wait:
    return task_status::wait;
  case target::unwind:
    return has_undo ? task_status::undo : task_status::hold;
  case target::begin_undo:
    return has_undo ? task_status::undoing : task_status::done;
  case target::waited:
    return waited;
  case target::as_waited:
    if (waited == task_status::wait)
      return std::nullopt;
    return next_status(waited, event, has_undo, waited);
  }
  return std::nullopt;
}

} // namespace troupe
