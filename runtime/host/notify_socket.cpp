#include "runtime/host/notify_socket.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <sstream>

#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

constexpr auto what = "cannot make a socket for a service to say that it is ready";

bool says_ready(std::string_view text) {
  std::istringstream lines{std::string{text}};
  for (std::string line; std::getline(lines, line);)
    if (line == "READY=1")
      return true;
  return false;
}

} // namespace

notify_socket::notify_socket() : socket_{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
  const int yes = 1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // An address without a name lets the kernel choose an abstract one that nobody has.
  if (!socket_ || setsockopt(socket_.get(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0 ||
      bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family) != 0)
    throw_errno(what);
  socklen_t length = sizeof address;
  if (getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw_errno(what);
  name_ = "@" + std::string{address.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1};
}

bool notify_socket::read(const std::function<bool(pid_t)>& may_say) const {
  bool is_ready = false;
  for (;;) {
    std::array<char, limits::service_notification_bytes> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0)
      return is_ready;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
      continue;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
    is_ready =
        is_ready || (says_ready({text.data(), static_cast<std::size_t>(got)}) && may_say(sender.pid));
  }
}

} // namespace troupe::host
