#pragma once

#include <string>
#include <vector>

#include "messages/request.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Draws a world of snaps with bases, plugs, slots, applications and hooks, and then requests on them.
class workload {
public:
  workload(world& on, dice& random);

  /// A request: any verb, one snap or several, any policy and transaction; or options and holds. Its
  /// images are put into the world's spool.
  operation_request draw(dice& random);

  bool has_apps(const std::string& snap) const;

  /// An application of a snap.
  const app_info& app_of(const std::string& snap, const std::string& app) const;

  /// What a snap runs on; empty if nothing.
  std::string base_of(const std::string& snap) const;

  bool is_greedy(const std::string& snap) const;

private:
  void draw_connection(dice& random, const std::string& verb, operation_request& into) const;
  settings_change draw_settings(dice& random);
  bool lacks_alias(const std::string& snap) const;
  std::size_t draw_number(dice& random, const std::string& verb) const;
  snap_request draw_snap(dice& random, const std::string& verb, std::size_t number);
  void draw_snapshot(dice& random, snap_request& wanted) const;
  store_revision draw_release(dice& random, std::size_t number);

  world& world_;
  std::vector<snap_info_ptr> shapes_;
  std::vector<std::string> theme_;     ///< What half of the steps are about; empty: anything.
  std::vector<std::int32_t> released_; ///< How many revisions of each snap the store has.
  std::uint64_t images_ = 0;
};

/// Such as `install s1, s4; all or none; waits for its claims`.
std::string describe(const operation_request& what);

} // namespace troupe::sim
