#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "messages/connection.hpp"
#include "messages/snap_info.hpp"
#include "runtime/rules/task_lists.hpp"

/// The tasks that connect and disconnect plugs and slots, with the hooks of both snaps in the order of
/// the seed on undoing connect hooks: what is done is undone in reverse, as far as it was done.
namespace troupe {

/// A connection that is made or taken away.
struct planned_connection {
  connection_ref ref;
  std::optional<connection> former{}; ///< What the snaps remember of it before.
  bool was_there = false;             ///< It counted: both ends were active and of its interface.
  snap_info_ptr plug{};               ///< Of the snap at that end as it is active.
  snap_info_ptr slot{};               ///< Null: the system's, which has no hooks.
};

/// For each connection its prepare hooks and connect; then the profiles of all; then for each its
/// connect hooks.
void add_connect_tasks(task_chain& chain, const std::vector<planned_connection>& all, bool automatic);

/// How a connection goes.
enum class disconnection : std::uint8_t {
  by_hand,   ///< An automatic one is remembered as not desired.
  forgotten, ///< As if it had never been there.
};

/// For each connection its disconnect hooks; then all are taken away, with the profiles of all; then for
/// each its unprepare hooks.
void add_disconnect_tasks(task_chain& chain, const std::vector<planned_connection>& all,
                          disconnection how);

/// What lanes of unready changes were about to connect by itself before a restart.
std::vector<std::pair<connection_ref, lane_key>>
promised_connections(const std::vector<change_record>& changes);

} // namespace troupe
