#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/rules/security_profile.hpp"

namespace troupe {

/// A profile as its file holds it. `compile` makes filters of what a program may do; each that differs
/// is held once.
std::string to_text(const security_profile& profile,
                    const std::function<std::vector<std::string>(const grants&)>& compile);

/// What a launcher needs to know.
struct launch_profile {
  confinement mode = confinement::strict;
  std::string base;                 ///< As in security_profile.
  program_profile program;          ///< Without system calls, which the filter stands for.
  std::vector<std::string> filters; ///< Programs for the kernel.
};

/// Reads it for `app.NAME` or `hook.NAME`. Throws failure where the text makes no sense or doesn't know
/// the program.
launch_profile launch_profile_in(std::string_view text, const std::string& program);

/// What a slot shares by its snap's profile; nothing where it has no such slot, or one of another
/// interface.
std::optional<slot_share> share_in(std::string_view text, const std::string& slot,
                                   const std::string& interface);

} // namespace troupe
