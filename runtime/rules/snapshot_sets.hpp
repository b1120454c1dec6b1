#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/snapshot.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"

/// Which snapshots there are, are meant, and are too old; and how the API shows them.
/// Source of the shapes: the snap client's contract, section 3.
namespace troupe {

/// Which snapshots a request means. Names are read as they are; whoever answers checks them, since
/// messages repeat them.
struct snapshot_choice {
  std::uint64_t set = 0;          ///< 0: of any set.
  std::vector<std::string> snaps; ///< None: of any snap. Each once, in the order given.

  bool operator==(const snapshot_choice&) const = default;
};

/// What a request wants done with a set.
enum class snapshot_action : std::uint8_t { check, restore, forget };

/// The automatic snapshots that are older than `age`. Unreadable ones are never among them, since nobody
/// knows what they are.
std::vector<stored_snapshot> prunable_snapshots(const std::vector<stored_snapshot>& snapshots,
                                                time_point now, duration age = limits::snapshot_age);

/// Reads a set's number, 1 or greater. Throws failure for any other text.
std::uint64_t snapshot_set_from_text(std::string_view text);

/// Reads `?set=N&snaps=a,b`, where both may be empty. Throws failure.
snapshot_choice snapshot_choice_in_query(std::string_view set, std::string_view snaps);

/// Reads `{"set":N,"snaps":["a"]}`; the set must be there. Throws failure.
snapshot_choice snapshot_choice_in_body(const json::object& body);

/// Reads `{"action":"check"}`, restore or forget. Throws failure.
snapshot_action snapshot_action_in_body(const json::object& body);

/// Those that a choice means, in the order given; maybe none.
std::vector<stored_snapshot> chosen_snapshots(const std::vector<stored_snapshot>& snapshots,
                                              const snapshot_choice& choice);

/// As chosen_snapshots, but throws failure not_found where the set, or one of the snaps in it, isn't
/// there.
std::vector<stored_snapshot> required_snapshots(const std::vector<stored_snapshot>& snapshots,
                                                const snapshot_choice& choice);

/// The result of GET /v2/snapshots: sets in ascending order, each with its snapshots by snap. Unreadable
/// ones say why in `broken`; one whose file's name tells no set is left out. Configurations aren't
/// shown: everybody may ask.
json::array snapshots_resource(const std::vector<stored_snapshot>& snapshots);

} // namespace troupe
