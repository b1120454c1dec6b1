#include "runtime/tasks/revision_files.hpp"

#include "runtime/tasks/profile_files.hpp"

namespace troupe::tasks {

void remove_revision_files(task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  auto mount_point = paths.mount_point(name, context.rev());
  context.os().mounts->unmount(mount_point);
  files.remove_tree(mount_point);
  files.remove_file(paths.image(name, context.rev()));
  remove_profile(context.host, name, context.rev());
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

void make_current_links(task_context& context, revision rev) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  files.make_dirs(paths.data_dir(name, rev), 0755);
  files.make_dirs(paths.common_data_dir(name), 0755);
  context.os().run_control->open(name);
  files.make_link(to_string(rev), paths.snap_data_dir(name) / "current");
  files.make_link(to_string(rev), paths.current_link(name));
}

void remove_current_links(task_context& context) {
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  files.remove_file(context.paths().current_link(name));
  files.remove_file(context.paths().snap_data_dir(name) / "current");
}

void change_launchers(task_context& context, const snap_info* from, const snap_info* to) {
  const auto& name = context.op().snap;
  auto& files = *context.os().files;
  const auto has_launcher = [](const snap_info* info, const std::string& app) {
    const auto* found = info ? info->find_app(app) : nullptr;
    return found && !found->is_service();
  };
  if (to)
    for (const auto& app : to->apps)
      if (!app.is_service())
        files.make_link(context.host.launcher, context.paths().launcher(name, app.name));
  if (from)
    for (const auto& app : from->apps)
      if (!has_launcher(to, app.name))
        files.remove_file(context.paths().launcher(name, app.name));
}

} // namespace troupe::tasks
