#include "tests/sim/drawn_faults.hpp"

namespace troupe::sim {

fault_rates fault_rates::drawn(dice& random) {
  return {random.pick<std::size_t>({0, 40, 150, 400}), random.pick<std::size_t>({0, 100, 400, 1000}),
          random.pick<std::size_t>({0, 3, 8, 30}), random.pick<std::size_t>({0, 10, 40}),
          random.pick<std::size_t>({0, 3, 10, 40})};
}

void drawn_faults::before(std::string_view site, const std::string& what) {
  if (has_crashed)
    throw failure{failure_kind::unavailable, "the daemon has crashed"};
  if (site == "run_hook" && on_hook)
    on_hook(what);
  draw(site, "before");
}

void drawn_faults::after(std::string_view site, const std::string& what) {
  if (on_effect)
    on_effect(site, what);
  draw(site, "after");
}

void drawn_faults::draw(std::string_view site, std::string_view when) {
  if (!random_)
    return;
  // Few effects are of these kinds, and each matters.
  const std::size_t weight = site == "inhibit" || site == "allow" ? 5 : 1;
  if (random_->one_in(rates_.crash / weight)) {
    hit(hits_, fault_name(site, "crash", when));
    has_crashed = true;
    throw failure{failure_kind::unavailable, "the daemon has crashed"};
  }
  if (broken_for_ > 0 && site == broken_site_) {
    --broken_for_;
    hit(hits_, sometimes::lasting_fault);
    fail(site, when);
  }
  if (random_->one_in(rates_.error / weight)) {
    if (random_->one_in(6)) {
      broken_site_ = site;
      broken_for_ = 1 + random_->below(30);
    }
    fail(site, when);
  }
}

void drawn_faults::fail(std::string_view site, std::string_view when) {
  hit(hits_, fault_name(site, "error", when));
  auto is_full = random_->one_in(2);
  throw failure{is_full ? failure_kind::insufficient_space : failure_kind::internal,
                "cannot " + std::string{site} + ": " +
                    (is_full ? "no space left on device" : "input/output error")};
}

bool drawn_faults::fails_in_part() {
  if (!random_ || !random_->one_in(rates_.error))
    return false;
  hit(hits_, sometimes::partial_effect);
  return true;
}

std::optional<host::process_result> drawn_faults::hook_result() {
  host::process_result result;
  result.exit_status = 0;
  if (!random_)
    return result;
  if (random_->one_in(rates_.hook_hang)) {
    hit(hits_, sometimes::hook_hangs);
    result.exit_status = -1;
    result.signal = 15;
    result.timed_out = true;
  } else if (random_->one_in(rates_.hook_failure)) {
    auto is_killed = random_->one_in(4);
    hit(hits_, is_killed ? sometimes::hook_killed : sometimes::hook_fails);
    result.exit_status = is_killed ? -1 : 1;
    result.signal = is_killed ? 9 : 0;
  }
  return result;
}

} // namespace troupe::sim
