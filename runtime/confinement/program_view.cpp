#include "runtime/confinement/program_view.hpp"

#include <glob.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace troupe {

namespace {

namespace fs = std::filesystem;

// Not with "/" at the end where nothing follows.
fs::path join(const fs::path& folder, const fs::path& rest) {
  return rest.empty() ? folder : folder / rest;
}

/// A path with what stands for a directory in front of it replaced; nothing where there is no such
/// directory.
class path_names {
public:
  path_names(const layout& paths, const started_program& program)
      : folders_{{"$ROOT", paths.root()},
                 {"$HOME", program.home},
                 {"$XDG_RUNTIME_DIR", program.runtime_dir}} {}

  std::optional<fs::path> resolve(const std::string& path) const {
    if (!path.starts_with('$'))
      return fs::path{path};
    const auto slash = std::min(path.find('/'), path.size());
    const auto found = folders_.find(path.substr(0, slash));
    if (found == folders_.end() || !found->second.is_absolute())
      return std::nullopt;
    return join(found->second, path.substr(std::min(slash + 1, path.size()))).lexically_normal();
  }

private:
  std::map<std::string, fs::path> folders_;
};

/// Where a path that begins with $SNAP, $SNAP_DATA or $SNAP_COMMON is: the directory and the rest.
std::pair<fs::path, fs::path> split(const layout& paths, const std::string& snap, revision rev,
                                    const std::string& path) {
  const auto slash = std::min(path.find('/'), path.size());
  const auto word = path.substr(0, slash);
  const auto begin = std::min(path.find_first_not_of('/', slash), path.size());
  const auto end = path.find_last_not_of('/') + 1;
  fs::path rest = path.substr(begin, end > begin ? end - begin : 0);
  if (word == "$SNAP")
    return {paths.mount_point(snap, rev), rest};
  if (word == "$SNAP_DATA")
    return {paths.data_dir(snap, rev), rest};
  return {paths.common_data_dir(snap), rest};
}

/// The paths of the host that a pattern fits, which has a `*` in its last part at most.
std::vector<fs::path> matching(const fs::path& pattern) {
  if (pattern.native().find('*') == std::string::npos)
    return {pattern};
  std::vector<fs::path> result;
  glob_t found{};
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    result.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  return result;
}

/// What the grants of a program show; in the order of the paths, so that parents come first.
std::map<fs::path, bool> granted_paths(const path_names& names, const grants& may) {
  std::map<fs::path, bool> result;
  for (const auto& [list, writable] : {std::pair{&may.read, false}, std::pair{&may.write, true}})
    for (const auto& path : *list)
      if (const auto resolved = names.resolve(path))
        for (const auto& each : matching(*resolved))
          result[each] |= writable;
  return result;
}

bool is_below(const fs::path& path, const fs::path& directory) {
  return std::ranges::mismatch(directory, path).in1 == directory.end();
}

/// What in a home isn't for a program that may use the home: what is hidden, and other snaps' data.
std::vector<fs::path> hidden_in(const fs::path& home) {
  std::vector<fs::path> result{home / "snap"};
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator{home, unreadable})
    if (entry.path().filename().native().starts_with('.'))
      result.push_back(entry.path());
  return result;
}

/// The system's directories of the snap itself, and by what it talks to the daemon.
void show_own(host::root_view& view, const layout& paths, const started_program& program) {
  const auto show = [&](const fs::path& path, bool writable, bool is_needed) {
    view.shown.push_back({.from = path, .to = path, .writable = writable, .is_needed = is_needed});
  };
  // Other revisions could be unmounted on the host only once the program has ended.
  show(paths.mount_point(program.snap, program.rev), false, true);
  view.links.emplace_back(paths.current_link(program.snap), to_string(program.rev));
  show(paths.snap_data_dir(program.snap), true, false);
  show(paths.tools_dir(), false, false);
  show(paths.snapctl_dir(), false, false);
  view.links.emplace_back(paths.snapctl_socket(),
                          paths.confined_snapctl_socket().lexically_relative(paths.run_dir()));
}

// Source: what programs expect besides the nodes that they open.
constexpr std::array<std::pair<const char*, const char*>, 4> device_links{
    {{"/dev/fd", "/proc/self/fd"},
     {"/dev/stdin", "/proc/self/fd/0"},
     {"/dev/stdout", "/proc/self/fd/1"},
     {"/dev/stderr", "/proc/self/fd/2"}}};

} // namespace

std::vector<host::shown_path> shared_paths_of(const layout& paths, const started_program& program,
                                              const launch_profile& profile,
                                              const share_finder& find_share) {
  std::vector<host::shown_path> result;
  for (const auto& each : profile.program.shared) {
    const auto found = find_share(each);
    if (!found)
      continue;
    const auto show = [&](const std::string& path, bool writable) {
      // A device is seen at its own place.
      if (each.target.empty())
        return result.push_back({.from = path, .to = path, .writable = writable});
      const auto [from, below] = split(paths, each.slot.snap, found->rev, path);
      const auto [place, rest] = split(paths, program.snap, program.rev, each.target);
      auto to = join(place, rest);
      if (found->share.named)
        to /= below.filename();
      result.push_back({from, to.lexically_normal(), writable, below, false});
    };
    for (const auto& path : found->share.read)
      show(path, false);
    for (const auto& path : found->share.write)
      show(path, true);
  }
  return result;
}

host::root_view view_of(const layout& paths, const fs::path& base, const started_program& program,
                        const launch_profile& profile, const share_finder& find_share) {
  const auto& may = profile.program.may;
  const path_names names{paths, program};
  host::root_view view;
  view.base = base;
  view.own = {{"/tmp"}, {"/var/tmp"}};
  view.terminals = true;
  const auto granted = granted_paths(names, may);
  if (!granted.contains("/dev/shm"))
    view.own.push_back({"/dev/shm"});
  if (const auto runtime_dir = names.resolve("$XDG_RUNTIME_DIR"))
    view.own.push_back({*runtime_dir, false});
  const auto home = names.resolve("$HOME");
  view.hidden.assign(may.hide.begin(), may.hide.end());
  if (may.home && home)
    for (auto& each : hidden_in(*home))
      view.hidden.push_back(std::move(each));
  for (const auto& [path, writable] : granted) {
    const auto is_in = [&](const fs::path& hidden) { return is_below(path, hidden); };
    host::shown_path shown{.from = path, .to = path, .writable = writable};
    // What a snap may write to could hold links that it has made.
    if (home && is_below(path, *home) && path != *home) {
      shown.from = *home;
      shown.below = path.lexically_relative(*home);
      shown.follows_links = false;
    }
    const auto comes_later = std::ranges::any_of(view.hidden, is_in) || !shown.below.empty();
    (comes_later ? view.within : view.shown).push_back(std::move(shown));
  }
  if (may.home && home)
    view.shown.push_back({.from = *home, .to = *home, .writable = true});
  if (home) {
    const auto own = *home / "snap" / program.snap;
    view.within.push_back({.from = own, .to = own, .writable = true});
  }
  show_own(view, paths, program);
  for (auto& shared : shared_paths_of(paths, program, profile, find_share))
    view.within.push_back(std::move(shared));
  for (const auto& [link, target] : device_links)
    view.links.emplace_back(link, target);
  return view;
}

} // namespace troupe
