#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runtime/host/root_view.hpp"
#include "runtime/rules/security_profile_json.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe {

/// An application or a hook that is about to be started.
struct started_program {
  std::string snap; ///< The instance name.
  revision rev;
  std::string name;          ///< `app.NAME` or `hook.NAME`.
  std::string home{};        ///< Of the user, absolute; empty: it acts for no user.
  std::string runtime_dir{}; ///< Of the user: $XDG_RUNTIME_DIR, or empty.
};

/// What the snap of a slot shares, and which revision of it is active.
struct found_share {
  revision rev;
  slot_share share;
};
using share_finder = std::function<std::optional<found_share>(const shared_with&)>;

/// The files that a program sees that is confined, on the programs of a base, whose directory may be the
/// host's. What isn't there at that moment isn't shown.
host::root_view view_of(const layout& paths, const std::filesystem::path& base,
                        const started_program& program, const launch_profile& profile,
                        const share_finder& find_share);

/// Of those only what slots share with it, for a program that isn't confined otherwise.
std::vector<host::shown_path> shared_paths_of(const layout& paths, const started_program& program,
                                              const launch_profile& profile,
                                              const share_finder& find_share);

} // namespace troupe
