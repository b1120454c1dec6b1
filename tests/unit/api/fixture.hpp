#pragma once

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/api/http_server.hpp"
#include "runtime/api/owned_fd.hpp"

namespace api_test {

using namespace std::chrono_literals;

struct temporary_directory {
  temporary_directory() {
    char pattern[] = "/tmp/troupe-api-XXXXXX";
    if (!::mkdtemp(pattern))
      throw std::runtime_error{"mkdtemp"};
    path = pattern;
  }
  temporary_directory(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

inline std::size_t files_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{directory})
    ++count;
  return count;
}

/// Waits for what other threads bring about; false if it takes absurdly long.
inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition())
      return true;
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

/// A server on sockets of its own in a temporary directory.
struct running_server {
  using handler = std::function<void(std::shared_ptr<troupe::exchange>)>;

  explicit running_server(handler on_request, std::function<void(const troupe::request&)> screen = {},
                          std::filesystem::path spool_directory = {})
      : spool{spool_directory.empty() ? directory.path / "spool" : spool_directory},
        server{{.sockets = {{directory.path / "own.socket", troupe::socket_role::troupe, 0666},
                            {directory.path / "snap.socket", troupe::socket_role::snap, 0666},
                            {directory.path / "snapctl.socket", troupe::socket_role::snapctl, 0666}},
                .spool = spool,
                .screen = std::move(screen)},
               std::move(on_request)} {
    server.start();
  }

  std::filesystem::path socket() const { return directory.path / "own.socket"; }

  temporary_directory directory;
  std::filesystem::path spool;
  troupe::http_server server;
};

struct wire_answer {
  int status = 0;
  std::string head;
  std::string body;
};

/// Speaks HTTP by hand, so that it can do it wrong.
class wire {
public:
  explicit wire(const std::filesystem::path& path)
      : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error{"connect " + path.string() + ": " + std::strerror(errno)};
  }

  int fd() const { return fd_.get(); }

  /// Returns false once the other end has closed.
  bool send(std::string_view text) {
    while (!text.empty()) {
      auto count = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count < 0)
        return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void end_of_input() { ::shutdown(fd_.get(), SHUT_WR); }

  /// Reads one answer; its status is 0 if the connection ended first. has_body: not after HEAD.
  wire_answer receive(bool has_body = true) {
    wire_answer result;
    while (received_.find("\r\n\r\n") == received_.npos)
      if (!more())
        return {};
    auto end = received_.find("\r\n\r\n") + 4;
    result.head = received_.substr(0, end);
    result.status = std::stoi(result.head.substr(9, 3));
    received_.erase(0, end);
    auto length = result.head.find("Content-Length: ");
    std::size_t bytes = length == result.head.npos ? 0 : std::stoul(result.head.substr(length + 16));
    while (has_body && received_.size() < bytes)
      if (!more())
        return {};
    result.body = received_.substr(0, has_body ? bytes : 0);
    received_.erase(0, result.body.size());
    return result;
  }

  wire_answer ask(std::string_view text) {
    send(text);
    return receive();
  }

  /// What comes next of an answer of unknown length. Throws once the connection has ended.
  std::string receive_some() {
    if (received_.empty() && !more())
      throw std::runtime_error{"the connection has ended"};
    return std::exchange(received_, {});
  }

  /// Whether the other end closes; waits for it.
  bool closed() { return received_.empty() && !more(); }

private:
  bool more() {
    pollfd waiting{fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 30'000) != 1)
      throw std::runtime_error{"no answer"};
    char piece[4096];
    auto count = ::recv(fd_.get(), piece, sizeof piece, 0);
    if (count <= 0)
      return false;
    received_.append(piece, static_cast<std::size_t>(count));
    return true;
  }

  troupe::owned_fd fd_;
  std::string received_;
};

inline std::string with_length(std::string_view line, std::string_view body,
                               std::string_view headers = "") {
  return std::string{line} + "\r\nHost: localhost\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// Keeps exchanges, to be answered later by the test.
class held_exchanges {
public:
  void hold(std::shared_ptr<troupe::exchange> one) {
    std::lock_guard lock{guard_};
    held_.push_back(std::move(one));
    changed_.notify_all();
  }

  std::shared_ptr<troupe::exchange> take() {
    std::unique_lock lock{guard_};
    if (!changed_.wait_for(lock, 30s, [&] { return !held_.empty(); }))
      throw std::runtime_error{"no request"};
    auto first = held_.front();
    held_.erase(held_.begin());
    return first;
  }

private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<troupe::exchange>> held_;
};

} // namespace api_test
