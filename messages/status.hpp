#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// What a task is doing; also what a whole change is doing, in aggregate.
/// Source: the peer's engine; the transitions are the table in runtime/rules/task_graph.
enum class task_status : std::uint8_t {
  do_,     ///< Not begun; begins when every task it waits for is Done.
  doing,   ///< Its perform runs.
  done,    ///< Performed. Ready.
  abort,   ///< Its perform runs and has been told to stop.
  undo,    ///< To be undone once every task that waits on it is ready.
  undoing, ///< Its undo runs.
  undone,  ///< Undone. Ready.
  hold,    ///< Given up before it began. Ready.
  error,   ///< Its perform or its undo failed. Ready.
  wait,    ///< Put aside until somebody outside resolves it to its waited status.
};

inline constexpr std::size_t task_status_count = 10;

/// Returns the word the API uses.
std::string_view to_word(task_status status);

/// Returns the status with this word, or nothing. "Default" is an old word for Do.
std::optional<task_status> status_from_word(std::string_view word);

/// Tells whether nothing more happens to a task of this status by itself.
constexpr bool is_ready(task_status status) {
  return status == task_status::done || status == task_status::undone || status == task_status::hold ||
         status == task_status::error;
}

namespace detail {
inline constexpr std::array<std::string_view, task_status_count> status_words{
    "Do", "Doing", "Done", "Abort", "Undo", "Undoing", "Undone", "Hold", "Error", "Wait"};
}

/// The first of these that one of a change's tasks has is the change's status. Source: the peer's
/// engine.
inline constexpr std::array<task_status, task_status_count> status_order{
    task_status::abort, task_status::undoing, task_status::undo,  task_status::doing,
    task_status::do_,   task_status::wait,    task_status::error, task_status::undone,
    task_status::done,  task_status::hold};

inline std::string_view to_word(task_status status) {
  return detail::status_words.at(static_cast<std::size_t>(status));
}

inline std::string to_string(task_status status) { return std::string{to_word(status)}; }

inline std::optional<task_status> status_from_word(std::string_view word) {
  if (word == "Default")
    return task_status::do_;
  for (std::size_t i = 0; i < task_status_count; ++i)
    if (detail::status_words[i] == word)
      return static_cast<task_status>(i);
  return std::nullopt;
}

} // namespace troupe
