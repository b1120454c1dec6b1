#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_start_services(task_context& context) {
  for (const auto& app : context.info().apps)
    if (app.is_service())
      context.log.emplace_back("INFO service \"" + context.op().snap + "." + app.name +
                               "\" is not started: this version supervises no services");
  return done();
}

} // namespace troupe::tasks
