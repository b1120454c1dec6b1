#include "runtime/tasks/revision_files.hpp"

namespace troupe::tasks {

void remove_revision_files(task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  auto mount_point = paths.mount_point(name, context.rev());
  context.os().mounts->unmount(mount_point);
  files.remove_tree(mount_point);
  files.remove_file(paths.image(name, context.rev()));
  if (files.list(paths.mount_dir(name)).empty()) {
    files.remove_tree(paths.mount_dir(name));
    context.os().run_control->close(name);
  }
}

json::object existing_data(task_context& context) {
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  return {{"had-data", files.exists(context.paths().data_dir(name, context.rev()))},
          {"had-common", files.exists(context.paths().common_data_dir(name))}};
}

void link_revision_files(task_context& context, const snap_info& info, revision rev) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  files.make_dirs(paths.data_dir(name, rev), 0755);
  files.make_dirs(paths.common_data_dir(name), 0755);
  context.os().run_control->open(name);
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
  files.remove_file(paths.current_link(name));
  files.remove_file(paths.snap_data_dir(name) / "current");
  for (const auto& app : info.apps)
    files.remove_file(paths.launcher(name, app.name));
}

} // namespace troupe::tasks
