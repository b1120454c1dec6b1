#include "runtime/api/access.hpp"

#include "messages/failure.hpp"

namespace troupe {

bool is_trusted(const peer& from, uid_t owner) { return from.uid == 0 || from.uid == owner; }

void check_access(access_level level, const peer& from, uid_t owner) {
  bool on_snapctl = from.socket == socket_role::snapctl;
  if (on_snapctl != (level == access_level::snap))
    throw failure{failure_kind::forbidden, "cannot use this socket for this request: access denied"};

  bool trusted = is_trusted(from, owner);
  if (level == access_level::authenticated && !trusted)
    throw failure{failure_kind::login_required, "access denied"};
  if (level == access_level::root && !trusted)
    throw failure{failure_kind::forbidden, "access denied"};
}

} // namespace troupe
