#include "runtime/api/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

std::string reason(int error_number) { return std::generic_category().message(error_number); }

sockaddr_un address_of(const std::filesystem::path& path, const std::string& purpose) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = path.native();
  if (text.empty() || text.size() >= sizeof address.sun_path)
    throw failure{purpose + ": the path of a socket has 1 to " +
                  std::to_string(sizeof address.sun_path - 1) + " bytes"};
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

owned_fd make_socket(int flags) {
  return owned_fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)};
}

} // namespace

unix_listener::unix_listener(std::filesystem::path path, mode_t mode) : path_{std::move(path)} {
  auto purpose = "cannot listen at " + path_.string();
  auto address = address_of(path_, purpose);
  auto check = [&](bool good) {
    if (!good)
      throw failure{failure_kind::internal, purpose + ": " + reason(errno)};
  };

  std::error_code code;
  std::filesystem::create_directories(path_.parent_path(), code);
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      throw failure{failure_kind::internal, purpose + ": another file is in the way"};
    auto probe = make_socket(SOCK_NONBLOCK);
    check(bool(probe));
    // A full queue of connections shows a listener too.
    if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN)
      throw failure{failure_kind::unavailable, purpose + ": another daemon listens there"};
    check(::unlink(path_.c_str()) == 0 || errno == ENOENT);
  }

  fd_ = make_socket(SOCK_NONBLOCK);
  check(bool(fd_));
  check(::bind(fd_.get(), generic(address), sizeof address) == 0);
  // Nobody can connect before listen, so the mode of the umask does no harm in between.
  bool ready = ::lstat(path_.c_str(), &status) == 0 && ::chmod(path_.c_str(), mode) == 0 &&
               ::listen(fd_.get(), SOMAXCONN) == 0;
  if (!ready) {
    auto error_number = errno;
    ::unlink(path_.c_str());
    errno = error_number;
  }
  check(ready);
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

unix_listener::~unix_listener() {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_)
    ::unlink(path_.c_str());
}

owned_fd accept_peer(int listening) {
  return owned_fd{::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
}

peer credentials(int connection, socket_role role) {
  ucred from{};
  socklen_t size = sizeof from;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &from, &size) != 0)
    throw failure{failure_kind::internal, "cannot tell who connects: " + reason(errno)};
  return {.pid = from.pid, .uid = from.uid, .gid = from.gid, .socket = role};
}

owned_fd connect_to(const std::filesystem::path& path) {
  auto purpose = "cannot connect to the daemon at " + path.string();
  auto address = address_of(path, purpose);
  auto fd = make_socket(0);
  // The kernel minds the time limit for sending while a connection waits to be accepted, too.
  timeval limit{.tv_sec = std::chrono::seconds{limits::api_connect}.count(), .tv_usec = 0};
  if (fd && ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
      ::connect(fd.get(), generic(address), sizeof address) == 0)
    return fd;

  bool nobody = errno == ENOENT || errno == ECONNREFUSED;
  throw failure{failure_kind::unavailable,
                purpose + ": " + (errno == EAGAIN ? "it is too busy" : reason(errno)) +
                    (nobody ? " (start it with \"trouped --root DIR\")" : "")};
}

} // namespace troupe
