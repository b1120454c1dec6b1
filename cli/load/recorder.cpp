#include "cli/load/recorder.hpp"

#include <utility>

#include "cli/load/latencies.hpp"

namespace troupe::load {

namespace {

constexpr std::size_t problems_kept = 20;

} // namespace

void recorder::began() {
  std::lock_guard lock{guard_};
  ++in_flight_;
}

void recorder::answered(operation_kind kind, float milliseconds) {
  std::lock_guard lock{guard_};
  all_.kinds[kind].until_answered.push_back(milliseconds);
}

void recorder::refused(operation_kind kind, const std::string& sort, const std::string& message) {
  std::lock_guard lock{guard_};
  ++refused_;
  ++all_.kinds[kind].refused;
  auto& refusal = all_.refusals[sort];
  if (refusal.count++ == 0)
    refusal.example = message;
}

void recorder::ended(operation_kind kind, ending how, float milliseconds) {
  std::lock_guard lock{guard_};
  auto& record = all_.kinds[kind];
  ++record.endings[how];
  if (how == ending::unknown)
    return;
  record.until_ready.push_back(milliseconds);
  ready_since_look_.push_back(milliseconds);
}

void recorder::finished() {
  std::lock_guard lock{guard_};
  --in_flight_;
  ++all_.finished;
}

void recorder::problem(const std::string& text) {
  std::lock_guard lock{guard_};
  if (++all_.problem_count <= problems_kept)
    all_.problems.push_back(text);
}

moment recorder::look(double at_s, const std::optional<process_numbers>& daemon) {
  std::lock_guard lock{guard_};
  auto latency = summary_of(std::exchange(ready_since_look_, {}));
  auto count = static_cast<double>(all_.finished - std::exchange(finished_at_look_, all_.finished));
  auto length = at_s - std::exchange(last_look_s_, at_s);
  all_.moments.push_back(
      {at_s, length > 0 ? count / length : 0, latency.p50, latency.p99, in_flight_, refused_, daemon});
  return all_.moments.back();
}

records recorder::take() {
  std::lock_guard lock{guard_};
  return std::exchange(all_, {});
}

} // namespace troupe::load
