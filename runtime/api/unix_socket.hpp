#pragma once

#include <sys/stat.h>

#include <filesystem>

#include "runtime/api/owned_fd.hpp"
#include "runtime/api/request.hpp"

namespace troupe {

/// A listening stream socket and its file, which goes with it unless another has taken its place.
/// Sockets are non-blocking, as are those that accept_peer returns, and aren't inherited by programs.
class unix_listener {
public:
  /// Makes the socket's directory if need be and replaces a socket that nobody listens on any more.
  /// Throws failure where somebody does, another file is in the way or the path is too long.
  unix_listener(std::filesystem::path path, mode_t mode);
  unix_listener(const unix_listener&) = delete;
  unix_listener& operator=(const unix_listener&) = delete;
  ~unix_listener();

  /// Hands out the socket; the file stays here.
  owned_fd take() { return std::move(fd_); }

private:
  std::filesystem::path path_;
  owned_fd fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// Takes one waiting connection; none, with errno set, where accept4 fails.
owned_fd accept_peer(int listening);

/// Who is at the other end of an accepted connection.
peer credentials(int connection, socket_role role);

/// Connects, within limits::api_connect. Throws failure (unavailable), with a hint how to start the
/// daemon where none listens.
owned_fd connect_to(const std::filesystem::path& path);

} // namespace troupe
