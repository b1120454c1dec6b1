#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/admission.hpp"

namespace troupe {

/// Whether a task of this kind may run only in an admitted lane: it changes what is active, or needs
/// other snaps to be active and to stay so.
bool is_critical_kind(std::string_view task_kind);

/// Whether a task of this kind changes which revision is active or what it may do. Those are critical.
bool affects_link_kind(std::string_view task_kind);

/// Which pairs of lanes count as interfering.
enum class constraint_mode : std::uint8_t {
  scoped, ///< Those that share something, or of which too little is known.
  global, ///< All: at most one lane that affects a shared snap's link, and nothing beside it.
};

/// The rule that keeps two lanes from being in progress together, or nothing where they may be. The same
/// either way round.
std::optional<std::string> interference(const lane_summary& a, const lane_summary& b,
                                        constraint_mode mode);

/// The critical lanes that are in progress or wait to be. A lane is let in once it is compatible with
/// all in progress and with every lane that asked before it and still waits, so that none starves.
/// Each waiting lane keeps its last decision, the first lane found to keep it out: only when that one
/// leaves is it weighed against the lanes behind that, so that no two lanes are ever compared twice.
class admission_table {
public:
  explicit admission_table(constraint_mode mode) : mode_{mode} {}

  /// Adds a lane behind all others. Returns the lanes to be told that they are let in: this one, or none
  /// yet. A lane that is in the table keeps its place and its former summary.
  std::vector<lane_key> ask(lane_summary lane);

  /// Takes a lane out, whether it was let in or waits; one that isn't in the table may leave too.
  /// Returns the lanes let in by that, in the order they asked.
  std::vector<lane_key> leave(lane_key lane);

  /// The lanes that the last leave() didn't let in, but that another lane keeps out since, in the order
  /// they asked.
  const std::vector<lane_key>& kept_out_by_another() const { return kept_out_by_another_; }

  /// What keeps a waiting lane out: of all that do, the one that asked first. Nothing for others.
  std::optional<admission_obstacle> explain(lane_key lane) const;

  bool is_admitted(lane_key lane) const;
  std::size_t in_progress() const { return lanes_.size() - waiting_; }
  std::size_t waiting() const { return waiting_; }

private:
  /// The order in which lanes asked.
  using turn = std::uint64_t;

  struct entry {
    lane_summary lane;
    /// What keeps it out. All before that are compatible; a lane that asked later never keeps it out.
    std::optional<admission_obstacle> obstacle;
    std::set<turn> keeps_out; ///< The lanes whose obstacle this one is.
  };

  void weigh(turn mine, entry& of, turn from);

  constraint_mode mode_;
  turn next_ = 0;
  std::map<turn, entry> lanes_;
  std::set<turn> exclusive_; ///< Lanes of which one is in each incompatible pair.
  std::unordered_map<lane_key, turn> turns_;
  std::vector<lane_key> kept_out_by_another_;
  std::size_t waiting_ = 0;
};

} // namespace troupe
