#include "runtime/host/system_error.hpp"

#include <cerrno>
#include <system_error>

namespace troupe::host {

failure system_failure(const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return {full ? failure_kind::insufficient_space : failure_kind::internal,
          what + ": " + std::generic_category().message(error)};
}

void throw_errno(const std::string& what) { throw system_failure(what, errno); }

} // namespace troupe::host
