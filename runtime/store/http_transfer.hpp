#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/store/stores.hpp"

namespace troupe {

/// Why a transfer failed, in words that follow `cannot read URL: `.
class http_fault : public failure {
public:
  using failure::failure;
};

/// How patient an HTTP store is, for which the tests take less, and through what it is reached.
struct http_patience {
  std::chrono::milliseconds connect = limits::store_connect;
  std::chrono::seconds stall = limits::store_stall;            ///< At least a second.
  std::chrono::milliseconds first_retry = limits::store_retry; ///< Doubled before each further try.
  int tries = limits::store_tries;
  proxy_settings proxies{};
};

/// What a server says before the body.
struct http_head {
  long status = 0;
  std::string content_type;
  std::optional<std::uint64_t> length;      ///< Of this body.
  std::optional<std::uint64_t> range_begin; ///< Of a 206.
};

/// One GET, by libcurl.
struct http_get {
  std::string url;
  std::uint64_t from = 0; ///< Asks for the bytes from there on, if it isn't 0.

  /// Told once, before the first piece of a body (or at the end of an empty one). May throw.
  std::function<void(const http_head&)> begin;
  /// Gets the body. May throw, which ends the transfer.
  std::function<void(std::string_view)> piece;
};

/// Carries it out. Follows at most limits::store_redirects redirects, from https to https only, and
/// sends nothing of one store to another: each transfer has a connection, and no cookies, of its own.
/// Throws what the functions throw, and http_fault: network_timeout for no answer or a stall,
/// unavailable for a broken connection, bad_request for what won't pass, internal once stopped.
void run(const http_get& what, const http_patience& patience, std::stop_token stop);

} // namespace troupe
