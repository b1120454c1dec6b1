#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/snap_state.hpp"
#include "runtime/rules/grants.hpp"
#include "runtime/rules/interface_definition.hpp"

namespace troupe {

/// What the snap of a slot shares through it: paths of the host, or with `$SNAP`, `$SNAP_DATA` or
/// `$SNAP_COMMON` in front in its own directories.
struct slot_share {
  std::string interface;
  std::vector<std::string> read;
  std::vector<std::string> write;
  bool named = false; ///< Each path appears under its last part in the target, not as the target.

  bool operator==(const slot_share&) const = default;
};

/// Something that another snap's slot shares, which its snap's profile says more about.
struct shared_with {
  endpoint_name slot;
  std::string interface;
  std::string target; ///< Where it is seen, as in slot_share; empty: at its own place.

  bool operator==(const shared_with&) const = default;
};

/// What one application or hook may do.
struct program_profile {
  grants may;
  std::vector<shared_with> shared; ///< By slot.

  bool operator==(const program_profile&) const = default;
};

/// What a revision's applications and hooks may do. It depends on nothing but the snap itself: what
/// others share with it is looked up in theirs whenever a program is started.
struct security_profile {
  confinement mode = confinement::strict;
  std::string base; ///< The base whose programs it uses, if that is installed; empty: the host's.
  std::map<std::string, program_profile> programs; ///< By `app.NAME` or `hook.NAME`.
  std::map<std::string, slot_share> slots;         ///< By name; those that share something.

  bool operator==(const security_profile&) const = default;
};

/// How a snap is confined: as it asks for, unless its flags say otherwise.
confinement mode_of(const snap_info& info, const snap_flags& flags);

/// The profile of a revision with these connections of its snap. What is `undesired`, and connections of
/// plugs that the revision lacks, or has with another interface or attributes that it can't have, grant
/// nothing; slots with such attributes share nothing.
security_profile profile_of(const std::string& snap, const snap_info& info, const snap_flags& flags,
                            const std::map<connection_ref, connection>& connections,
                            const interface_book& book, const grants& everybody);

} // namespace troupe
