#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/sim/coverage.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// How often what goes wrong: once in so many times, or with 0 never. Drawn anew for each run, because
/// runs that all fail alike meet the same few histories.
struct fault_rates {
  std::size_t error = 0;
  std::size_t crash = 0;
  std::size_t hook_failure = 0;
  std::size_t hook_hang = 0;
  std::size_t service = 0;

  static fault_rates drawn(dice& random);
};

/// Makes the host and the journal's disk fail: before an effect, after it, amid it, or by a crash of the
/// daemon at either side; some places for some time; and its hooks fail, hang and die.
class drawn_faults : public effect_watcher {
public:
  explicit drawn_faults(hit_counts& hits) : hits_{hits} {}

  /// From now on; null: nothing goes wrong.
  void draw_from(dice* random, const fault_rates& rates) {
    random_ = random;
    rates_ = rates;
  }

  /// Told of each hook that is about to run, as `snap/hook`.
  std::function<void(const std::string&)> on_hook;

  /// Told of each effect that was had, with its site and what it is about.
  std::function<void(std::string_view, const std::string&)> on_effect;

  /// From a crash on until the next start nothing has an effect any more.
  bool has_crashed = false;

  void before(std::string_view site, const std::string& what) override;
  void after(std::string_view site, const std::string& what) override;
  bool fails_in_part() override;
  std::optional<host::process_result> hook_result() override;

private:
  void draw(std::string_view site, std::string_view when);
  [[noreturn]] void fail(std::string_view site, std::string_view when);

  hit_counts& hits_;
  std::string broken_site_; ///< It fails some times in a row.
  std::size_t broken_for_ = 0;
  dice* random_ = nullptr;
  fault_rates rates_;
};

} // namespace troupe::sim
