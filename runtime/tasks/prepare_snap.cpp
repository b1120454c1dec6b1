#include "messages/failure.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

// The image is in the spool, or in its place when a disabled snap is enabled; it must be there before
// anything active is touched.
outcome perform_prepare_snap(task_context& context) {
  const auto& op = context.op();
  auto image =
      op.image.empty() ? context.paths().image(op.snap, context.rev()) : std::filesystem::path{op.image};
  if (!context.os().files->exists(image))
    throw failure{"cannot find snap file \"" + image.string() + "\""};
  return done();
}

} // namespace troupe::tasks
