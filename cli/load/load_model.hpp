#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cli/load/operation.hpp"
#include "messages/time.hpp"

namespace troupe::load {

enum class snap_condition : std::uint8_t { absent, active, disabled };

std::string_view to_word(snap_condition condition);

/// What each snap of a load is like, by what the daemon said of the changes' ends, and what to ask for
/// next. Most of it makes sense; a part takes no heed of what is under way, so that the daemon has to
/// refuse it. For one thread at a time.
class load_model {
public:
  /// `needs_base`: for each snap whether it runs on number 0, which is the base.
  load_model(std::vector<bool> needs_base, std::uint64_t seed);

  /// Draws an operation and counts it as under way until `finished`.
  operation next();

  /// Its change may be aborted by other operations now.
  void accepted(const operation& what, const std::string& change);

  /// It has been refused, or its change is ready and what it came to was told by `settled`.
  void finished(const operation& what, const std::string& change);

  /// A change that began at that time left the snap in that condition. Of several the one that began
  /// last counts: changes of one snap come one after the other.
  void settled(std::size_t snap, snap_condition condition, time_point begun);

  bool was_asked_to_abort(const std::string& change) const;

  snap_condition condition(std::size_t snap) const { return snaps_.at(snap).condition; }
  std::size_t size() const { return snaps_.size(); }

private:
  struct known_snap {
    bool needs_base = false;
    snap_condition condition = snap_condition::absent;
    time_point since;
    int under_way = 0; ///< Operations that name it.
  };
  using candidates = std::vector<std::size_t>;

  candidates choose(const std::function<bool(const known_snap&)>& wanted) const;
  candidates for_kind(operation_kind kind) const;
  candidates several(candidates from);
  bool base_is_there() const;
  bool base_is_free() const;
  bool is_free(const known_snap& snap) const { return snap.under_way == 0; }
  bool may_be_installed(const known_snap& snap) const;
  bool may_be_taken_away(const known_snap& snap) const;
  operation careless();
  operation drawn_kind(operation_kind kind, candidates from);
  std::size_t below(std::size_t bound);

  std::vector<known_snap> snaps_;
  std::map<std::string, bool> changes_; ///< Under way; whether an abort was asked for.
  std::mt19937_64 chance_;
};

} // namespace troupe::load
