#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::test {

/// What a server does wrong, on purpose, with one path.
struct server_fault {
  int status = 0;                           ///< Answers this, with a short web page; 0: as it should.
  std::optional<std::uint64_t> cut_after{}; ///< Closes the connection after so many bytes of a body.
  std::optional<std::uint64_t>
      stall_after{}; ///< Sends nothing more after so many bytes, until it is stopped.
  std::optional<std::uint64_t> flip_byte{}; ///< Changes the byte at this place of the file.
  std::int64_t length_lie = 0;              ///< Added to the Content-Length that it promises.
  std::uint64_t extra_bytes = 0; ///< Sent after the file; counted in the length unless `chunked`.
  bool chunked = false;          ///< Says no length.
  bool html = false;             ///< Answers 200 with a web page.
  bool ignores_ranges = false;   ///< Answers a range with the whole file.
  bool wrong_range = false;      ///< Answers a range with another one.
  std::string redirect_to{};     ///< Answers 302.
  int times = 0;                 ///< For so many requests only; 0: for all.
};

/// A web server on loopback that serves a directory's files and the ranges of them, and can be told to
/// fail.
class static_http_server {
public:
  explicit static_http_server(std::filesystem::path directory);
  static_http_server(const static_http_server&) = delete;
  static_http_server& operator=(const static_http_server&) = delete;
  ~static_http_server();

  /// http://127.0.0.1:PORT, without a slash at its end.
  std::string url() const;

  /// What goes wrong with a path such as /index.json from now on; {} for nothing.
  void set_fault(const std::string& path, server_fault fault);

  /// How many requests there were for a path; all of them for an empty one.
  int requests(const std::string& path = {}) const;

  /// The header Range of each request for a path, in order; empty where it had none.
  std::vector<std::string> ranges(const std::string& path) const;

  /// All header lines of the last request.
  std::string last_headers() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace troupe::test
