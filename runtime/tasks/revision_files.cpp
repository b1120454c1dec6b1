#include "runtime/tasks/revision_files.hpp"

namespace troupe::tasks {

void remove_revision_files(task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  auto mount_point = paths.mount_point(name, context.rev());
  context.os().mounts->unmount(mount_point);
  files.remove_tree(mount_point);
  if (files.list(paths.mount_dir(name)).empty())
    files.remove_tree(paths.mount_dir(name));
  files.remove_file(paths.image(name, context.rev()));
}

void link_revision_files(task_context& context, const snap_info& info, revision rev) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  files.make_link(to_string(rev), paths.snap_data_dir(name) / "current");
  files.make_link(to_string(rev), paths.current_link(name));
  for (const auto& app : info.apps)
    if (!app.is_service())
      files.make_link(context.host.launcher, paths.launcher(name, app.name));
}

void unlink_revision_files(task_context& context, const snap_info& info) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  for (const auto& app : info.apps)
    files.remove_file(paths.launcher(name, app.name));
  files.remove_file(paths.current_link(name));
  files.remove_file(paths.snap_data_dir(name) / "current");
}

} // namespace troupe::tasks
