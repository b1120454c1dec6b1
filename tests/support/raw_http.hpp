#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace troupe::test {

/// Sends bytes to a daemon's socket and returns all that it answers until it closes. Without `finish`
/// the connection is closed at once instead, as by a client that dies. Throws std::runtime_error.
std::string raw_http(const std::filesystem::path& socket, std::string_view bytes, bool finish = true);

/// A whole request with this body, after which the daemon closes the connection.
std::string raw_request(const std::string& method, const std::string& target,
                        const std::string& body = {},
                        const std::string& content_type = "application/json");

/// The status of a raw answer; 0 where it has none.
int status_of(std::string_view answer);

/// The body of a raw answer.
std::string body_of(std::string_view answer);

} // namespace troupe::test
