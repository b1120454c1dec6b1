#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/ids.hpp"

namespace troupe {

/// Which change owns which snap, and who waits for it. A change owns all its snaps or none, so that no
/// two can wait for each other; of changes with a snap in common the one that asked first comes first.
/// Each step costs what the snaps of the change it is about cost. Source: design, "Claims".
class claim_table {
public:
  enum class answer : std::uint8_t {
    granted, ///< The change owns all its snaps.
    refused, ///< It doesn't, wouldn't wait, and isn't in the table.
    waits,   ///< It will own all of them once those who asked before have left.
  };

  /// What stands between a change and a snap.
  struct obstacle {
    std::string snap;
    change_id owner;
    bool owns = false; ///< Otherwise it waits too, but came first.

    bool operator==(const obstacle&) const = default;
  };

  /// Adds a change that wants these snaps. Granted where nobody owns one of them and nobody who asked
  /// before waits for one. A change that is in the table already is an internal failure.
  answer ask(change_id who, std::vector<std::string> snaps, bool may_wait);

  /// Adds the owner of these snaps after a restart. One that is taken, or a change that is in the table
  /// already, is an internal failure.
  void restore(change_id owner, std::vector<std::string> snaps);

  /// Takes a change out, whether it owns or waits; one that isn't in the table may leave too. Returns
  /// the changes that own their snaps because of that, in the order they asked.
  std::vector<change_id> leave(change_id who);

  /// What keeps a waiting change out of the first snap, by name, that it can't have yet. Nothing for
  /// others.
  std::optional<obstacle> explain(change_id who) const;

  /// The same for one that isn't in the table and wants these snaps.
  std::optional<obstacle> obstacle_to(std::vector<std::string> snaps) const;

  /// Nothing also where changes wait for the snap that nobody owns yet.
  std::optional<change_id> owner_of(const std::string& snap) const;

  bool contains(change_id who) const { return turns_.contains(who); }
  bool is_waiting(change_id who) const;

  /// How many changes own their snaps, and how many wait.
  std::size_t owning() const { return entries_.size() - waiting_; }
  std::size_t waiting() const { return waiting_; }

private:
  /// The order in which changes asked.
  using turn = std::uint64_t;

  struct entry {
    change_id who;
    std::vector<std::string> snaps; ///< By name, each once.
    std::size_t not_first_in = 0;   ///< In how many of their queues somebody stands before it.
  };

  void add(change_id who, std::vector<std::string> snaps);
  void refuse_second(change_id who) const;
  std::optional<obstacle> first_obstacle(const std::vector<std::string>& sorted, turn mine) const;

  turn next_ = 0;
  std::map<turn, entry> entries_;
  std::unordered_map<change_id, turn> turns_;
  /// Who wants a snap. The first owns it once it is the first in the queues of all its snaps. Never
  /// empty.
  std::unordered_map<std::string, std::set<turn>> queues_;
  std::size_t waiting_ = 0;
};

} // namespace troupe
