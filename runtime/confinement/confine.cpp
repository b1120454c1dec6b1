#include "runtime/confinement/confine.hpp"

#include <unistd.h>

#include "runtime/host/base_root.hpp"
#include "runtime/host/capabilities.hpp"
#include "runtime/host/landlock.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/host/system_call_filter.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/base.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

std::string profile_text(const layout& paths, const std::string& snap, revision rev) {
  return read_small_file(paths.profile(snap, rev), limits::security_profile_bytes);
}

launch_profile read_profile(const layout& paths, const started_program& program) {
  try {
    return launch_profile_in(profile_text(paths, program.snap, program.rev), program.name);
  } catch (const failure& why) {
    throw failure{"cannot run " + program.name + " of snap \"" + program.snap +
                  "\": no security profile: " + why.what() + "; the daemon writes it when it starts"};
  }
}

/// Finds what slots share in the profiles of their snaps' active revisions.
share_finder finder(const layout& paths) {
  return [&paths](const shared_with& what) -> std::optional<found_share> {
    std::error_code gone;
    const auto current = fs::read_symlink(paths.current_link(what.slot.snap), gone);
    const auto rev = gone ? std::nullopt : revision_from_text(current.filename().string());
    if (!rev)
      return std::nullopt;
    try {
      auto share = share_in(profile_text(paths, what.slot.snap, *rev), what.slot.name, what.interface);
      return share ? std::optional{found_share{*rev, *share}} : std::nullopt;
    } catch (const failure&) {
      return std::nullopt;
    }
  };
}

/// The base's files in place of the host's, and what slots share.
void add_to_host(const layout& paths, const started_program& program, const launch_profile& profile,
                 std::vector<std::string>& lacks) {
  try {
    if (const auto base = base_directory(paths, profile.base))
      host::enter_base(*base, paths.root());
    const auto shared = shared_paths_of(paths, program, profile, finder(paths));
    if (!shared.empty())
      for (auto& why : host::show_within(shared))
        lacks.push_back(std::move(why));
  } catch (const failure& why) {
    lacks.push_back(std::string{why.what()} + "; running on the host's own files");
  }
}

void keep_from_files(const layout& paths, const started_program& program, const launch_profile& profile,
                     std::vector<std::string>& lacks) {
  const auto base = base_directory(paths, profile.base);
  const auto view = view_of(paths, base.value_or("/"), program, profile, finder(paths));
  try {
    for (auto& why : host::enter_root(view))
      lacks.push_back(std::move(why));
    return;
  } catch (const host::view_not_allowed& why) {
    if (!host::has_landlock()) {
      lacks.push_back(std::string{why.what()} + "; it is kept from no files");
      return;
    }
  }
  if (base)
    lacks.push_back("cannot use base \"" + profile.base + "\"; running on the host's own files");
  for (const auto& shown : host::keep_to(view))
    lacks.push_back("cannot show \"" + shown.to.string() + "\"");
}

} // namespace

std::vector<std::string> confine(const layout& paths, const started_program& program) {
  std::vector<std::string> lacks;
  const auto profile = read_profile(paths, program);
  if (profile.mode == confinement::classic)
    return lacks;
  if (profile.mode == confinement::devmode) {
    add_to_host(paths, program, profile, lacks);
    return lacks;
  }
  keep_from_files(paths, program, profile, lacks);
  host::keep_capabilities(profile.program.may.capabilities);
  if (host::can_leave_processes())
    host::leave_processes();
  else if (geteuid() == 0)
    lacks.emplace_back(
        "the kernel has no landlock; it isn't kept from the files of other processes in /proc");
  if (host::takes_filters())
    for (const auto& filter : profile.filters)
      host::load_filter(filter);
  else
    lacks.emplace_back("the kernel filters no system calls; it is kept from none");
  return lacks;
}

} // namespace troupe
