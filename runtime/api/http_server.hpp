#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/api/exchange.hpp"
#include "runtime/api/request.hpp"

namespace troupe {

/// HTTP/1.0 and 1.1 on unix sockets, with one thread of its own that does all reading and writing.
/// It answers by itself, with an error envelope: malformed requests (400), heads longer than
/// limits::api_header_bytes (431), bodies longer than limits::api_body_bytes or forms longer than
/// limits::upload_bytes (413), uploads that fill the disk (507), more than limits::api_connections
/// (503). An answer may go on with a reply_stream; its connection is closed after that.
class http_server {
public:
  struct socket {
    std::filesystem::path path;
    socket_role role = socket_role::troupe;
    mode_t mode = 0666;
  };

  struct options {
    std::vector<socket> sockets;
    std::filesystem::path spool; ///< Made if need be; takes uploaded files named upload-XXXXXX.

    /// Called on the server's thread with the head of each request (no body, no parts) before any of its
    /// body is stored; throws failure to refuse it. May be empty; must not block.
    std::function<void(const request&)> screen;
  };

  /// on_request is called on the server's thread and must not block. What it throws becomes the answer.
  http_server(options chosen, std::function<void(std::shared_ptr<exchange>)> on_request);
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server();

  /// Returns once all sockets listen. Throws failure, and leaves no socket, if one can't. Once only.
  void start();

  /// Removes the sockets, answers open requests with 503 and waits, at most limits::api_stop_grace, for
  /// answers to be sent. Not from on_request. Replies to exchanges that are still held lead nowhere.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe
