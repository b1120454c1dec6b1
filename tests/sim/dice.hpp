#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace troupe::sim {

/// Where all that is left to chance in a simulation comes from. Same seed, same numbers, on every
/// compiler: no distribution of the library is used, since those differ.
class dice {
public:
  explicit dice(std::uint64_t seed) : source_{seed} {}

  /// Those of one part of a run, which fall alike whatever the other parts draw.
  dice(std::uint64_t seed, std::uint64_t part) : source_{seed * 0x9e3779b97f4a7c15U + part} {}

  std::uint64_t operator()() { return source_(); }

  /// 0 to `count` - 1.
  std::size_t below(std::size_t count) { return source_() % count; }

  /// True once in so many times; 0 is never.
  bool one_in(std::size_t times) { return times > 0 && below(times) == 0; }

  template <class List>
  auto& pick(List& list) {
    return list[below(list.size())];
  }
  template <class Item>
  Item pick(std::initializer_list<Item> items) {
    return items.begin()[below(items.size())];
  }

private:
  std::mt19937_64 source_;
};

} // namespace troupe::sim
