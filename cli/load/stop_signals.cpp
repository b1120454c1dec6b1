#include "cli/load/stop_signals.hpp"

namespace troupe::load {

namespace {

volatile std::sig_atomic_t signals = 0;

} // namespace

stop_signals::stop_signals() {
  signals = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { signals = signals + 1; };
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &on_interrupt_);
  sigaction(SIGTERM, &action, &on_end_);
}

stop_signals::~stop_signals() {
  sigaction(SIGINT, &on_interrupt_, nullptr);
  sigaction(SIGTERM, &on_end_, nullptr);
}

int stop_signals::count() { return signals; }

} // namespace troupe::load
