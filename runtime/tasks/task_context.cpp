#include "runtime/tasks/task_context.hpp"

#include "messages/failure.hpp"

namespace troupe {

revision task_context::rev() const {
  if (const auto* text = setup.if_contains("revision"))
    return revision_from_text(std::string{text->as_string()}).value();
  return op().rev ? op().rev : state->current;
}

const snap_info& task_context::info() const {
  if (op().info && rev() == op().rev)
    return *op().info;
  if (const auto* installed = state->find(rev()))
    return *installed->info;
  throw failure{failure_kind::internal,
                "cannot find metadata of snap \"" + op().snap + "\" revision " + to_string(rev())};
}

outcome done() { return {outcomes::done{}, {}}; }

outcome done(const task_context& context, snap_update update, const json::object& memo) {
  return {outcomes::done{{{context.op().snap, std::move(update)}}, json::write(memo)}, {}};
}

} // namespace troupe
