#include "runtime/tasks/hook_opening.hpp"

namespace troupe {

std::pair<hook_context, hook_words> hook_opening_of(const task_context& context) {
  const auto& job = *context.job;
  hook_context what;
  what.change = job.change;
  what.task = job.task.id;
  what.snap = context.snap();
  what.hook = json::string_or(context.setup, job.undo ? "undo-hook" : "hook");
  what.rev = context.rev();
  what.info = std::make_shared<const snap_info>(context.info());
  what.config = context.state->config;
  what.is_guest = context.snap() != context.op().snap;
  what.undo = job.undo;
  what.failed = job.failed;
  hook_words words;
  if (const auto edits = json::string_or(context.setup, "edits"); !edits.empty() && !job.undo)
    words.config.push_back(edits);
  return {std::move(what), std::move(words)};
}

} // namespace troupe
