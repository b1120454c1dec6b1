#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messages/snap_state.hpp"
#include "messages/task.hpp"

/// Which other names a snap's applications can be started by. Source: "Commands and aliases" of the snap
/// documentation.
namespace troupe {

/// By alias the application that it starts.
using alias_map = std::map<std::string, std::string>;

enum class alias_status : std::uint8_t {
  automatic, ///< The publisher's word counts.
  manual,    ///< The operator's word counts.
  disabled,  ///< It is turned off, or the revision has no such application.
};

/// The API's word: `auto`, `manual` or `disabled`. Source: the snap client's contract, section 3.
std::string_view to_word(alias_status status);

/// An alias of a snap, as it is shown.
struct known_alias {
  std::string app; ///< What it starts; of a disabled one, what it would.
  alias_status status = alias_status::disabled;

  bool operator==(const known_alias&) const = default;
};

/// How an application is started by its whole name: SNAP.APP, or SNAP where both have the same name.
/// Takes instance names.
std::string command_of(const std::string& snap, const std::string& app);

/// A snap's aliases as an update that changes nothing.
set_aliases aliases_of(const snap_state& state);

/// All aliases that a snap knows of, by name.
std::map<std::string, known_alias> known_aliases(const snap_state& state);

/// Those of its current revision that aren't disabled. A snap that is disabled as a whole keeps them.
alias_map enabled_aliases(const snap_state& state);

/// Of these aliases those that a revision has an application for; none where it isn't known.
alias_map enabled_aliases(const set_aliases& aliases, const snap_info* info);

/// What is in the first and not in the second: aliases that aren't there or start something else.
alias_map without(const alias_map& aliases, const alias_map& others);

/// The aliases that this operation leaves a snap. `state` is that of its snap as the operation finds it;
/// install, refresh and revert: once the revision is linked. Done twice, it comes to the same.
set_aliases aliases_after(const operation& op, const snap_state& state);

/// The operator's aliases that the current revision has no application for, by name.
std::vector<std::string> waiting_aliases(const snap_state& state);

/// The aliases that a snap would have once it is preferred.
alias_map preferred_aliases(const snap_state& state);

} // namespace troupe
