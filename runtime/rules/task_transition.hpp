#pragma once

#include <cstdint>
#include <optional>

#include "messages/status.hpp"

namespace troupe {

/// What can befall a task.
enum class task_event : std::uint8_t {
  pick,        ///< Everything it waits for allows it to begin.
  ok,          ///< Its handler returned without an error.
  retry,       ///< Its handler wants to be run again.
  wait,        ///< Its handler put it aside.
  error,       ///< Its handler failed; the task's lanes are aborted before this.
  abort,       ///< Its lane, its change or a task it waits for is given up.
  not_running, ///< It was to be stopped and no handler of it runs.
  resolve,     ///< Somebody outside ended its Wait.
};

inline constexpr std::size_t task_event_count = 8;

/// Returns the status that a task gets by an event, or nothing where the event means nothing to it.
/// `waited` is what a Wait becomes when it is resolved; other statuses don't look at it.
/// Source: the peer's engine, section "Tasks, changes, lanes".
std::optional<task_status> next_status(task_status from, task_event event, bool has_undo,
                                       task_status waited);

} // namespace troupe
