#include "runtime/tasks/task_context.hpp"

#include "messages/failure.hpp"

namespace troupe {

revision task_context::rev() const {
  if (const auto* text = setup.if_contains("revision"))
    return revision_from_text(std::string{text->as_string()}).value();
  return op().rev && snap() == op().snap ? op().rev : state->current;
}

bool task_context::knows_info() const {
  return (op().info && snap() == op().snap && rev() == op().rev) || state->find(rev());
}

const snap_info& task_context::info() const {
  if (op().info && snap() == op().snap && rev() == op().rev)
    return *op().info;
  if (const auto* installed = state->find(rev()))
    return *installed->info;
  throw failure{failure_kind::internal,
                "cannot find metadata of snap \"" + snap() + "\" revision " + to_string(rev())};
}

outcome done() { return {outcomes::done{}, {}}; }

outcome done(const task_context& context, snap_update update, const json::object& memo) {
  return {outcomes::done{{{context.op().snap, std::move(update)}}, json::write(memo)}, {}};
}

} // namespace troupe
