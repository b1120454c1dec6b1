#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe::load {

using steady = std::chrono::steady_clock;

/// Hands operations out to clients: at a rate, or as fast as they come for them. For many threads.
class pacer {
public:
  /// `per_second`: 0 for as fast as it goes. `operations`: 0 for no bound but the time. The length is
  /// counted from now.
  pacer(double per_second, steady::duration length, std::uint64_t operations);

  /// Waits until the next operation is due and returns when it was: with a rate that may be long ago, if
  /// all clients were busy. None once the load is over.
  std::optional<steady::time_point> next();

  void stop() { stopped_ = true; }

  /// Whether no operation will be handed out any more.
  bool is_over() const;

  /// Operations that were due before the load ended and that no client was free for.
  std::uint64_t never_begun() const;

private:
  double per_second_;
  std::uint64_t operations_;
  steady::time_point begin_;
  steady::time_point end_;
  std::atomic<std::uint64_t> drawn_{0};
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<bool> stopped_{false};
};

} // namespace troupe::load
