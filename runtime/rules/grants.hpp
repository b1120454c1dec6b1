#pragma once

#include <set>
#include <string>

#include "runtime/json/json.hpp"
#include "runtime/rules/rule_place.hpp"

namespace troupe {

/// What a confined program may do. Paths are the host's; they may begin with `$HOME`,
/// `$XDG_RUNTIME_DIR` or `$ROOT` (the root directory), and have a `*` in their last part.
struct grants {
  std::set<std::string> system_calls;
  std::set<std::string> socket_families; ///< Without `AF_`, in small letters: inet6.
  std::set<std::string> capabilities;    ///< Without `CAP_`, in small letters; of a process of root.
  std::set<std::string> read;
  std::set<std::string> write; ///< To read too.
  std::set<std::string> hide;  ///< Of what is shown; it appears empty, unless it is granted by itself.
  bool home = false;           ///< What isn't hidden in the user's home.

  bool operator==(const grants&) const = default;

  /// Grants what another one does, too.
  void add(const grants& other);
};

/// What a connected plug of an interface grants: always the same, and what attributes name.
struct interface_grants {
  grants always;
  std::string unless;          ///< A flag of the plug; where it is set, nothing is granted.
  std::string read_from_plug;  ///< An attribute of the plug: paths.
  std::string write_from_plug; ///< The same.
  std::string write_from_slot; ///< An attribute of the slot: a path.
  bool content = false;        ///< Directories that the slot's snap shares.
};

/// Reads the `grants` of an interface's file, or with `of_interface` false those of the template, which
/// has no attributes. Throws declaration_fault, also for keys that aren't known.
interface_grants grants_from(const json::value& from, const rule_place& place, bool of_interface = true);

} // namespace troupe
