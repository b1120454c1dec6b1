#pragma once

#include <exception>
#include <string>

#include "messages/failure.hpp"

namespace troupe {

/// Does a task's work. Where it throws, what is done of it is taken back before the failure goes on,
/// since a task that failed is not undone; what can't be taken back is named in the failure too.
template <class Work, class TakeBack>
void all_or_nothing(Work work, TakeBack take_back) {
  try {
    work();
  } catch (const std::exception& why) {
    try {
      take_back();
    } catch (const failure& left) {
      const auto* known = dynamic_cast<const failure*>(&why);
      throw failure{known ? known->kind() : failure_kind::internal,
                    std::string{why.what()} + "; something is left of it: " + left.what()};
    }
    throw;
  }
}

} // namespace troupe
