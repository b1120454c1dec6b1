#include "tests/support/raw_http.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "runtime/api/owned_fd.hpp"

namespace troupe::test {

namespace {

constexpr int patience_ms = 60'000;

owned_fd connected(const std::filesystem::path& socket) {
  owned_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::system_error{errno, std::generic_category(), "connect " + socket.string()};
  return fd;
}

} // namespace

std::string raw_http(const std::filesystem::path& socket, std::string_view bytes, bool finish) {
  auto fd = connected(socket);
  while (!bytes.empty()) {
    auto count = send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0)
      break; // The daemon has answered and closed before it had read all.
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (!finish)
    return {};
  std::string answer;
  std::array<char, 4096> piece{};
  pollfd readable{fd.get(), POLLIN, 0};
  while (poll(&readable, 1, patience_ms) == 1) {
    auto count = recv(fd.get(), piece.data(), piece.size(), 0);
    if (count <= 0)
      return answer;
    answer.append(piece.data(), static_cast<std::size_t>(count));
  }
  throw std::runtime_error{"the daemon doesn't close the connection after: " + answer};
}

std::string raw_request(const std::string& method, const std::string& target, const std::string& body,
                        const std::string& content_type) {
  return method + " " + target +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + content_type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

int status_of(std::string_view answer) {
  auto at = answer.find(' ');
  int status = 0;
  if (at != answer.npos)
    std::from_chars(answer.data() + at + 1, answer.data() + answer.size(), status);
  return status;
}

std::string body_of(std::string_view answer) {
  auto at = answer.find("\r\n\r\n");
  return at == answer.npos ? std::string{} : std::string{answer.substr(at + 4)};
}

} // namespace troupe::test
