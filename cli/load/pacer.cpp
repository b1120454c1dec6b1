#include "cli/load/pacer.hpp"

#include <algorithm>
#include <thread>

namespace troupe::load {

namespace {

using namespace std::chrono_literals;

// So long after a stop a client that waits for its turn may notice.
constexpr auto longest_sleep = 50ms;

} // namespace

pacer::pacer(double per_second, steady::duration length, std::uint64_t operations)
    : per_second_{per_second}, operations_{operations}, begin_{steady::now()}, end_{begin_ + length} {}

bool pacer::is_over() const {
  return stopped_ || steady::now() >= end_ || (operations_ > 0 && begun_ >= operations_);
}

std::optional<steady::time_point> pacer::next() {
  auto number = drawn_++;
  if (operations_ > 0 && number >= operations_)
    return std::nullopt;
  auto due = steady::now();
  if (per_second_ > 0) {
    auto after = std::chrono::duration<double>(static_cast<double>(number) / per_second_);
    due = begin_ + std::chrono::duration_cast<steady::duration>(after);
  }
  for (auto now = steady::now(); now < due && !is_over(); now = steady::now())
    std::this_thread::sleep_for(std::min<steady::duration>(due - now, longest_sleep));
  if (is_over())
    return std::nullopt;
  ++begun_;
  return due;
}

std::uint64_t pacer::never_begun() const {
  if (per_second_ <= 0 || stopped_)
    return 0;
  auto length = std::chrono::duration<double>(end_ - begin_).count();
  auto due = static_cast<std::uint64_t>(length * per_second_);
  if (operations_ > 0)
    due = std::min(due, operations_);
  return due - std::min<std::uint64_t>(due, begun_);
}

} // namespace troupe::load
