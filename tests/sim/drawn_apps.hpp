#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "tests/sim/coverage.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Applications that users start and end, and what the host tells of that: at once, late or twice, but
/// in the end always. Launchers take their time, and some die half-way.
class drawn_apps {
public:
  /// `has_apps` tells of a snap whether it has any.
  drawn_apps(world& on, hit_counts& hits, std::function<bool(const std::string&)> has_apps)
      : on_{on}, hits_{hits}, has_apps_{std::move(has_apps)} {}

  /// A user begins to start an application of a snap, or ends one; launchers go on, late news arrive.
  void act(dice& random);

  /// All applications end, and everybody has heard of it.
  void end_all();

  /// The host is started again: nothing runs, and what stood in /run is gone.
  void cut_power();

  /// The files of a revision have gone, and what ran from them with them.
  void unmounted(const std::string& directory);

  /// Why the link of a snap's current revision may not lead where it does; empty if it may.
  std::string fault_of_link(const std::string& link) const;

private:
  struct application {
    std::string snap;
    std::string revision;
  };

  void begin_launch(dice& random);
  void end_launch(dice& random);
  void end_one(dice& random);
  void tell(const std::string& snap, dice& random);
  void end(std::int32_t pid);
  std::string current_of(const std::string& snap) const;

  world& on_;
  hit_counts& hits_;
  std::function<bool(const std::string&)> has_apps_;
  std::map<std::int32_t, application> running_;
  std::deque<std::string> late_; ///< Snaps of which something is still to be told.
  std::int32_t last_pid_ = 100;
};

} // namespace troupe::sim
