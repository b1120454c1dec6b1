#include "runtime/tasks/startup.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <spdlog/spdlog.h>

#include "messages/failure.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/held_up.hpp"
#include "runtime/store/stores.hpp"
#include "runtime/tasks/hook_marks.hpp"
#include "runtime/tasks/profile_files.hpp"
#include "runtime/tasks/service_specs.hpp"

namespace troupe {

namespace {

std::size_t sweep_spool(const host::ports& os, const layout& paths, const journal_contents& contents) {
  std::set<std::string> wanted;
  for (const auto& change : contents.changes)
    if (!is_set(change.ready_at))
      for (const auto& op : change.operations)
        wanted.insert({op.image, partial_download(op.image)});
  std::size_t removed = 0;
  for (const auto& name : os.files->list(paths.spool_dir())) {
    auto file = paths.spool_dir() / name;
    if (wanted.contains(file.string()))
      continue;
    os.files->remove_tree(file);
    ++removed;
  }
  return removed;
}

/// The revisions that have to be mounted: those installed, and those that an unready change has mounted
/// and not yet linked.
std::set<std::pair<std::string, revision>> wanted_mounts(const host::ports& os, const layout& paths,
                                                         const journal_contents& contents) {
  std::set<std::pair<std::string, revision>> wanted;
  for (const auto& state : contents.snaps)
    for (const auto& installed : state->revisions)
      wanted.emplace(state->name, installed.rev);
  for (const auto& change : contents.changes) {
    if (is_set(change.ready_at))
      continue;
    for (const auto& task : change.tasks) {
      if (task.kind != "mount-snap" || task.status != task_status::done)
        continue;
      const auto& op = change.operations.at(static_cast<std::size_t>(task.operation));
      // A refresh through several revisions has discarded those between before it ends.
      if (os.files->exists(paths.image(op.snap, op.rev)))
        wanted.emplace(op.snap, op.rev);
    }
  }
  return wanted;
}

/// Lets the applications of exactly those snaps wait that an unready change wants to, and a shutdown of
/// the host while one of them is between two revisions.
std::size_t restore_run_control(const host::ports& os, const journal_contents& contents) {
  std::set<std::string> held;
  for (const auto& change : contents.changes)
    if (!is_set(change.ready_at))
      for (const auto& task : change.tasks) {
        auto what = held_up_by(change.tasks, task);
        if (what == held_up::nothing)
          continue;
        const auto& snap = change.operations.at(static_cast<std::size_t>(task.operation)).snap;
        held.insert(snap);
        if (what == held_up::applications_and_shutdown)
          os.shutdown->hold(snap);
      }
  for (const auto& snap : os.run_control->inhibited())
    if (!held.contains(snap))
      os.run_control->allow(snap);
  for (const auto& snap : held)
    os.run_control->inhibit(snap);
  for (const auto& state : contents.snaps)
    os.run_control->open(state->name);
  return held.size();
}

std::size_t restore_mounts(const host::ports& os, const layout& paths,
                           const journal_contents& contents) {
  std::size_t mounted = 0;
  for (const auto& [name, rev] : wanted_mounts(os, paths, contents)) {
    auto mount_point = paths.mount_point(name, rev);
    if (os.mounts->is_mounted(mount_point))
      continue;
    try {
      os.files->make_dirs(mount_point, 0755);
      os.mounts->mount_image(paths.image(name, rev), mount_point);
      ++mounted;
    } catch (const failure& why) {
      spdlog::error("cannot mount snap \"{}\" ({}) again: {}", name, to_string(rev), why.what());
    }
  }
  return mounted;
}

} // namespace

namespace {

/// The operations of a change of which a task of this kind is done, by their places.
std::set<std::int32_t> operations_with(const change_record& change, std::string_view kind) {
  std::set<std::int32_t> result;
  for (const auto& task : change.tasks)
    if (task.kind == kind && task.status == task_status::done)
      result.insert(task.operation);
  return result;
}

/// The profiles that have to be there.
std::vector<tasks::confined_revision> wanted_profiles(const journal_contents& contents) {
  std::vector<tasks::confined_revision> wanted;
  std::map<std::string, const snap_state*> states;
  for (const auto& state : contents.snaps) {
    states.emplace(state->name, state.get());
    if (state->active)
      wanted.push_back({state->name, state->current, *state->info(), state->flags, state->connections});
  }
  static const std::map<connection_ref, connection> none;
  for (const auto& change : contents.changes) {
    if (is_set(change.ready_at))
      continue;
    const auto with_profile = operations_with(change, "setup-profiles");
    const auto unlinked = operations_with(change, "unlink-current-snap");
    for (std::size_t place = 0; place < change.operations.size(); ++place) {
      const auto& op = change.operations[place];
      const auto index = static_cast<std::int32_t>(place);
      const auto found = states.find(op.snap);
      const auto* state = found == states.end() ? nullptr : found->second;
      const auto* info = op.info.get();
      if (!info && state && state->find(op.rev))
        info = state->find(op.rev)->info.get();
      // Between the two the revision that is to be linked has one, and that which may be linked again.
      if (info && op.rev && with_profile.contains(index))
        wanted.push_back({op.snap, op.rev, *info, op.info || !state ? op.flags : state->flags,
                          state ? state->connections : none});
      if (state && state->info() && !state->active && unlinked.contains(index))
        wanted.push_back({op.snap, state->current, *state->info(), state->flags, state->connections});
    }
  }
  return wanted;
}

} // namespace

void restore_profiles(const task_host& host, const journal_contents& contents) {
  std::set<std::string> kept;
  for (const auto& state : contents.snaps)
    for (const auto& installed : state->revisions)
      kept.insert(host.paths.profile(state->name, installed.rev).filename());
  for (const auto& what : wanted_profiles(contents)) {
    const auto file = host.paths.profile(what.snap, what.rev);
    kept.insert(file.filename());
    try {
      if (!host.os.files->holds(file, tasks::profile_text_of(host, what)))
        tasks::write_profile(host, what);
    } catch (const failure& why) {
      spdlog::error("programs of snap \"{}\" can't be started: {}", what.snap, why.what());
    }
  }
  for (const auto& name : host.os.files->list(host.paths.profiles_dir()))
    if (!kept.contains(name))
      host.os.files->remove_file(host.paths.profiles_dir() / name);
}

namespace {

// A copy: a base has a /usr of its own, and the host's /run may be one that executes nothing.
void give_tool(const host::ports& os, const layout& paths, const std::filesystem::path& program,
               const std::filesystem::path& tool) {
  try {
    auto content = read_small_file(program, limits::hook_tool_bytes);
    if (read_if_there(tool, limits::hook_tool_bytes) == content)
      return;
    os.files->make_dirs(paths.tools_dir(), 0755);
    os.files->write_file(tool, content, 0755);
  } catch (const failure& why) {
    spdlog::warn("cannot give others \"{}\": {}", tool.string(), why.what());
  }
}

/// What has given up its marks is still in its group.
void end_groups(const host::ports& os, const journal_contents& contents) {
  if (!os.groups)
    return;
  for (const auto& state : contents.snaps)
    for (const auto& installed : state->revisions)
      for (const auto& app : installed.info->apps)
        if (app.is_service())
          try {
            auto group = service_group(state->name, app.name);
            os.groups->kill(group);
            os.groups->remove(group);
          } catch (const failure& why) {
            spdlog::warn("{}", why.what());
          }
}

} // namespace

void make_root(const host::ports& os, const layout& paths) {
  try {
    os.files->make_dirs(paths.state_dir(), 0700);
    for (const auto& dir : {paths.spool_dir(), paths.images_dir(), paths.bin_dir(), paths.run_dir()})
      os.files->make_dirs(dir, 0755);
  } catch (const failure& why) {
    throw failure{why.kind(), "cannot use root \"" + paths.root().string() + "\": " + why.what()};
  }
}

void give_tools(const host::ports& os, const layout& paths, const tool_programs& programs) {
  give_tool(os, paths, programs.snapctl, paths.tools_dir() / "snapctl");
  give_tool(os, paths, programs.release_agent, paths.release_agent());
  os.files->make_link(paths.run_control_dir(), paths.tools_dir() / "runctl");
}

startup_report put_host_right(const host::ports& os, const layout& paths,
                              const journal_contents& contents) {
  startup_report report;
  report.processes_ended =
      os.processes->kill_marked(root_mark(paths)) + os.processes->kill_marked(service_root_mark(paths));
  end_groups(os, contents);
  report.uploads_removed = sweep_spool(os, paths, contents);
  // Before the mounts, without which nothing can be started after a restart of the host.
  report.snaps_held = restore_run_control(os, contents);
  report.images_mounted = restore_mounts(os, paths, contents);
  return report;
}

} // namespace troupe
