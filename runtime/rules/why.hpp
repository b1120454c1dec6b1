#pragma once

#include <string>
#include <variant>
#include <vector>

#include "messages/change.hpp"

namespace troupe {

/// What is asked about: a change, a task or, by its instance name, a snap.
using why_question = std::variant<change_id, task_id, std::string>;

/// A task on the way from what is asked about to the root cause.
struct why_link {
  change_view_ptr change;            ///< Whose task it is; never null.
  const task_record* task = nullptr; ///< One of that change's; never null.
  lane_key lane;
  std::string doing; ///< What the lane is for, such as `install hello`; empty for lane 0.
  std::string snap;  ///< What the task works on; empty where that is no single snap.
  wait_reason reason;
  std::string text; ///< The reason as a sentence.
  time_point since; ///< When the task began to run, or where it doesn't, when it was made.
};

/// The answer to "why is this waiting?".
struct explanation {
  std::string subject; ///< What was asked about: `change 12`, `task 31` or `snap "hello"`.
  time_point at;       ///< When it was so.
  /// Each link waits for the next; empty where nothing waits.
  std::vector<why_link> chain;
  /// The other tasks of what was asked about that don't wait for a task before them.
  std::vector<why_link> also;
  /// The tasks that wait for each other, where the chain runs into a loop.
  std::vector<task_id> loop;
  /// What the last link is about: the word of its reason, `loop`, `gone` where what it waits for has
  /// just ended, or `ready` where there is nothing to wait for.
  std::string cause;
  std::string root;      ///< The cause as a sentence.
  std::string ends_when; ///< What would end it, with the command to use.
};

/// Follows the wait reasons from what is asked about to the root cause. `changes` are all those that
/// aren't ready, and any that are. Throws failure (not_found) for a change or task that isn't among
/// them. Source: design, section "Waiting".
explanation explain_wait(const std::vector<change_view_ptr>& changes, const why_question& question,
                         time_point now);

} // namespace troupe
