#include "actors/errors.hpp"

#include <caf/all.hpp>

namespace troupe {

namespace {
constexpr auto category = caf::atom("troupe");
constexpr auto stopping = caf::atom("stopping");
} // namespace

// CAF takes code 0 for "no error", so kinds count from 1.
caf::error to_error(const failure& what) {
  return {static_cast<std::uint8_t>(static_cast<std::uint8_t>(what.kind()) + 1), category,
          caf::make_message(std::string{what.what()}, what.value())};
}

caf::error stopping_error() { return {1, stopping}; }

failure to_failure(const caf::error& what) {
  const auto& context = what.context();
  if (what.category() == category && context.match_elements<std::string, std::string>())
    return {static_cast<failure_kind>(what.code() - 1), context.get_as<std::string>(0),
            context.get_as<std::string>(1)};
  if (what.category() == stopping)
    return {failure_kind::unavailable, "cannot get an answer: the daemon is stopping"};
  return {failure_kind::internal, "cannot get an answer: " + caf::to_string(what)};
}

bool is_stopping(const caf::error& what) { return what.category() != category; }

} // namespace troupe
