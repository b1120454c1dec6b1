#pragma once

#include <cstddef>
#include <functional>

#include "cli/load/recorder.hpp"

namespace troupe::load {

/// One line on stderr that is written anew each time; nothing where stderr is no terminal. It is gone
/// when this object is.
class progress_line {
public:
  progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line();

  void show(const moment& now);

  /// Tells how many of so many snaps are packed.
  static std::function<void(std::size_t)> packing(std::size_t all);

private:
  void write(const std::string& text) const;

  bool is_shown_;
};

} // namespace troupe::load
