#pragma once

#include <spdlog/spdlog.h>

#include "messages/failure.hpp"

namespace troupe {

/// Does a task's work. Where it throws, what is done of it is taken back before the failure goes on,
/// since a task that failed is not undone.
template <class Work, class TakeBack>
void all_or_nothing(Work work, TakeBack take_back) {
  try {
    work();
  } catch (...) {
    try {
      take_back();
    } catch (const failure& why) {
      spdlog::error("a failed task leaves something behind: {}", why.what());
    }
    throw;
  }
}

} // namespace troupe
