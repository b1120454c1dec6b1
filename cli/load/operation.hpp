#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::load {

enum class operation_kind : std::uint8_t {
  install,
  failing_install, ///< Its install hook fails.
  install_many,    ///< Several files in one request; one of them may fail.
  remove,
  disable,
  enable,
  abort,
  list,
  info,
  changes,     ///< Those that aren't ready.
  all_changes, ///< All that the daemon still shows.
};

inline constexpr std::array all_operation_kinds{
    operation_kind::install,      operation_kind::failing_install,
    operation_kind::install_many, operation_kind::remove,
    operation_kind::disable,      operation_kind::enable,
    operation_kind::abort,        operation_kind::list,
    operation_kind::info,         operation_kind::changes,
    operation_kind::all_changes,
};

/// The word for a kind in reports: "install-many".
std::string_view to_word(operation_kind kind);

/// Whether its answer is a change, which ends later.
bool makes_change(operation_kind kind);

/// One request to the daemon.
struct operation {
  operation_kind kind = operation_kind::list;
  std::vector<std::size_t> snaps;   ///< Numbers in the set of snaps.
  std::vector<std::size_t> failing; ///< Those of them whose failing image is installed.
  bool all_or_nothing = false;      ///< install_many: one failure undoes all.
  std::string change;               ///< abort: of which change.
};

} // namespace troupe::load
