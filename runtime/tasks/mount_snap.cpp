#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/revision_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_mount_snap(task_context& context) {
  const auto& name = context.op().snap;
  auto image = context.paths().image(name, context.rev());
  auto mount_point = context.paths().mount_point(name, context.rev());
  all_or_nothing(
      [&] {
        context.os().files->place_image(context.op().image, image);
        context.os().files->make_dirs(mount_point, 0755);
        context.os().mounts->mount_image(image, mount_point);
      },
      [&] { remove_revision_files(context); });
  // Whoever undoes the next task, which makes the data directories, has to know which were there before,
  // and a memo is durable before that task begins.
  return {outcomes::done{{}, json::write(existing_data(context))}, {}};
}

outcome undo_mount_snap(task_context& context) {
  remove_revision_files(context);
  return done();
}

} // namespace troupe::tasks
