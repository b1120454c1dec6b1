#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>

#include "messages/ids.hpp"

/// Makes a struct of messages/actors.hpp printable for traces and the console.
#define TROUPE_MESSAGE(name, ...)                                                                       \
  template <class Inspector>                                                                            \
  typename Inspector::result_type inspect(Inspector& f, [[maybe_unused]] name& x) {                     \
    return f(caf::meta::type_name(#name) __VA_OPT__(, ) __VA_ARGS__);                                   \
  }

namespace troupe {

template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, numbered<Tag>& x) {
  return f(x.value);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, lane_key& x) {
  return f(caf::meta::type_name("lane"), x.change, x.lane);
}

} // namespace troupe
