#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "messages/request.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Where all that is left to chance in a simulation comes from. Same seed, same numbers, on every
/// compiler: no distribution of the library is used, since those differ.
class dice {
public:
  explicit dice(std::uint64_t seed) : source_{seed} {}

  std::uint64_t operator()() { return source_(); }

  /// 0 to `count` - 1.
  std::size_t below(std::size_t count) { return source_() % count; }

  /// True once in so many times; 0 is never.
  bool one_in(std::size_t times) { return times > 0 && below(times) == 0; }

  template <class List>
  auto& pick(List& list) {
    return list[below(list.size())];
  }

private:
  std::mt19937_64 source_;
};

/// A snap of a simulated world, as it will be installed.
struct snap_shape {
  snap_info_ptr info;
};

/// Draws a world of snaps with bases, plugs, slots and hooks, and then requests on them.
class workload {
public:
  workload(world& on, dice& random);

  /// The next request: any verb, one snap or several, any policy and transaction.
  operation_request next();

  const std::vector<snap_shape>& shapes() const { return shapes_; }

private:
  void draw_shapes();
  snap_request draw_snap(const std::string& verb, std::size_t number);

  world& world_;
  dice& random_;
  std::vector<snap_shape> shapes_;
  std::uint64_t images_ = 0;
};

} // namespace troupe::sim
