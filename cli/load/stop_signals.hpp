#pragma once

#include <csignal>

namespace troupe::load {

/// Counts SIGINT and SIGTERM, instead of dying of them, for as long as it lives. One at a time.
class stop_signals {
public:
  stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  static int count();

private:
  struct sigaction on_interrupt_ {};
  struct sigaction on_end_ {};
};

} // namespace troupe::load
