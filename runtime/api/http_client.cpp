#include "runtime/api/http_client.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <cerrno>
#include <chrono>
#include <exception>
#include <optional>
#include <random>
#include <system_error>

#include "runtime/api/owned_fd.hpp"
#include "runtime/api/unix_socket.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

using local = asio::local::stream_protocol;
using error_code = boost::system::error_code;

constexpr std::size_t piece_bytes = 64U << 10;

auto into(error_code& code) { return asio::redirect_error(asio::use_awaitable, code); }

std::string new_boundary() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string result = "troupe-";
  for (int i = 0; i < 32; ++i)
    result += digits[random() % digits.size()];
  return result;
}

std::string quoted_string(std::string_view text) {
  std::string result;
  for (char byte : text) {
    if (byte == '\r' || byte == '\n') {
      result += byte == '\r' ? "%0D" : "%0A";
      continue;
    }
    if (byte == '"' || byte == '\\')
      result += '\\';
    result += byte;
  }
  return '"' + result + '"';
}

// A file that a form carries, open for reading.
class form_file {
public:
  explicit form_file(const std::filesystem::path& path)
      : path_{path}, fd_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {
    struct stat status {};
    if (!fd_ || ::fstat(fd_.get(), &status) != 0)
      fail(std::generic_category().message(errno));
    if (!S_ISREG(status.st_mode))
      fail("not a regular file");
    bytes_ = static_cast<std::uint64_t>(status.st_size);
  }

  std::uint64_t bytes() const { return bytes_; }

  // Fills the piece as far as the file goes.
  void read(std::string& piece) const {
    piece.resize(piece_bytes);
    ssize_t count = -1;
    do
      count = ::read(fd_.get(), piece.data(), piece.size());
    while (count < 0 && errno == EINTR);
    if (count < 0)
      fail(std::generic_category().message(errno));
    piece.resize(static_cast<std::size_t>(count));
  }

private:
  [[noreturn]] void fail(const std::string& why) const {
    throw failure{"cannot read " + path_.string() + ": " + why};
  }

  std::filesystem::path path_;
  owned_fd fd_;
  std::uint64_t bytes_ = 0;
};

struct outgoing_file {
  std::string before; ///< All that stands between the last file's bytes and this one's.
  form_file file;
};

struct form {
  std::string boundary;
  std::vector<outgoing_file> files;
  std::string after;
  const http_client::progress& told;
  std::uint64_t bytes = 0; ///< Of all files together.
};

template <class Body>
http::request<Body> head(http::verb method, const std::string& target, std::string_view content_type) {
  http::request<Body> result{method, target, 11};
  result.set(http::field::host, "localhost");
  if (!content_type.empty())
    result.set(http::field::content_type, content_type);
  return result;
}

} // namespace

class http_client::impl {
public:
  explicit impl(std::filesystem::path path) : path_{std::move(path)} {}

  answer exchange(http::verb method, const std::string& target, const json::value* body) {
    auto message = head<http::string_body>(method, target, body ? "application/json" : "");
    if (body)
      message.body() = json::write(*body);
    message.prepare_payload();
    bool kept = connect();
    try {
      return wait_for(exchange_once(message));
    } catch (const boost::system::system_error& broken) {
      disconnect();
      // The daemon may have closed a kept connection just now; asking again changes nothing.
      if (!kept || method != http::verb::get || broken.code() == beast::error::timeout)
        fail(broken.code());
    }
    connect();
    try {
      return wait_for(exchange_once(message));
    } catch (const boost::system::system_error& broken) {
      disconnect();
      fail(broken.code());
    }
  }

  answer send_form(const std::string& target, const form& what) {
    connect();
    try {
      return wait_for(form_once(target, what));
    } catch (const boost::system::system_error& broken) {
      disconnect();
      fail(broken.code());
    } catch (...) {
      disconnect();
      throw;
    }
  }

  answer stream_of(const std::string& target, const std::function<bool(std::string_view)>& take) {
    auto message = head<http::string_body>(http::verb::get, target, "");
    message.prepare_payload();
    disconnect();
    connect();
    try {
      auto result = wait_for(stream_once(message, take));
      disconnect();
      return result;
    } catch (const boost::system::system_error& broken) {
      disconnect();
      fail(broken.code());
    } catch (...) {
      disconnect();
      throw;
    }
  }

private:
  using stream = beast::basic_stream<local>;

  answer wait_for(asio::awaitable<answer> work) {
    std::exception_ptr fault;
    answer result;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr thrown, answer got) {
      fault = thrown;
      result = std::move(got);
    });
    io_.restart();
    io_.run();
    if (fault)
      std::rethrow_exception(fault);
    return result;
  }

  // Returns whether a connection had been kept.
  bool connect() {
    char byte = 0;
    if (stream_ && ::recv(stream_->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
        errno == EAGAIN)
      return true;
    disconnect();
    auto fd = connect_to(path_);
    stream_.emplace(io_);
    stream_->socket().assign(local{}, fd.get());
    fd.release();
    return false;
  }

  void disconnect() {
    stream_.reset();
    buffer_.clear();
  }

  [[noreturn]] void fail(error_code code) const {
    auto seconds = std::chrono::seconds{limits::api_answer}.count();
    auto why = code == beast::error::timeout ? "no answer within " + std::to_string(seconds) + " seconds"
               : code == http::error::end_of_stream ? "it closed the connection"
                                                    : code.message();
    throw failure{failure_kind::unavailable,
                  "cannot talk to the daemon at " + path_.string() + ": " + why};
  }

  // A daemon that refuses a request early closes before it has read all; its answer is still to be read.
  asio::awaitable<answer> read_answer(error_code sent) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits::api_answer_bytes);
    error_code code;
    stream_->expires_after(limits::api_answer);
    co_await http::async_read(*stream_, buffer_, parser, into(code));
    if (code)
      throw boost::system::system_error{sent ? sent : code};
    auto message = parser.release();
    answer result{static_cast<int>(message.result_int()), std::move(message.body()), nullptr};
    if (message[http::field::content_type] == "application/json") {
      try {
        result.parsed = json::parse(result.body);
      } catch (const failure&) {
        // result_of tells whoever needs JSON.
      }
    }
    if (sent || !message.keep_alive())
      disconnect();
    co_return result;
  }

  asio::awaitable<answer> exchange_once(const http::request<http::string_body>& message) {
    error_code sent;
    stream_->expires_after(limits::api_answer);
    co_await http::async_write(*stream_, message, into(sent));
    co_return co_await read_answer(sent);
  }

  asio::awaitable<answer> stream_once(const http::request<http::string_body>& message,
                                      const std::function<bool(std::string_view)>& take) {
    stream_->expires_after(limits::api_answer);
    co_await http::async_write(*stream_, message, asio::use_awaitable);
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    co_await http::async_read_header(*stream_, buffer_, parser, asio::use_awaitable);
    answer result{static_cast<int>(parser.get().result_int()), {}, nullptr};
    const auto is_fine = parser.get().result() == http::status::ok;
    std::vector<char> piece(piece_bytes);
    bool goes_on = true;
    while (goes_on && !parser.is_done()) {
      auto& body = parser.get().body();
      body.data = piece.data();
      body.size = piece.size();
      if (is_fine)
        stream_->expires_never();
      error_code code;
      co_await http::async_read_some(*stream_, buffer_, parser, into(code));
      if (code && code != http::error::need_buffer)
        throw boost::system::system_error{code};
      const std::string_view got{piece.data(), piece.size() - body.size};
      if (is_fine)
        goes_on = got.empty() || take(got);
      else if (result.body.size() + got.size() <= limits::api_answer_bytes)
        result.body += got;
    }
    if (!is_fine) {
      try {
        result.parsed = json::parse(result.body);
      } catch (const failure&) {
        // result_of tells whoever needs JSON.
      }
    }
    co_return result;
  }

  asio::awaitable<answer> form_once(const std::string& target, const form& what) {
    auto message = head<http::buffer_body>(http::verb::post, target,
                                           "multipart/form-data; boundary=" + what.boundary);
    message.chunked(true);
    http::request_serializer<http::buffer_body> serializer{message};
    error_code sent;
    auto send = [&](std::string& piece, bool more) -> asio::awaitable<void> {
      message.body().data = piece.data();
      message.body().size = piece.size();
      message.body().more = more;
      stream_->expires_after(limits::api_answer);
      co_await http::async_write(*stream_, serializer, into(sent));
      if (sent == http::error::need_buffer)
        sent = {};
    };
    std::uint64_t done = 0;
    std::string piece;
    for (const auto& one : what.files) {
      piece = one.before;
      co_await send(piece, true);
      while (!sent) {
        one.file.read(piece);
        if (piece.empty())
          break;
        co_await send(piece, true);
        done += piece.size();
        if (what.told && !sent)
          what.told(done, what.bytes);
      }
      if (sent)
        break;
    }
    if (!sent) {
      piece = what.after;
      co_await send(piece, false);
    }
    co_return co_await read_answer(sent);
  }

  std::filesystem::path path_;
  asio::io_context io_{1};
  std::optional<stream> stream_;
  beast::flat_buffer buffer_;
};

http_client::http_client(std::filesystem::path socket)
    : impl_{std::make_unique<impl>(std::move(socket))} {}
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;
http_client::~http_client() = default;

http_client::answer http_client::get(const std::string& target) {
  return impl_->exchange(http::verb::get, target, nullptr);
}

http_client::answer http_client::get_stream(const std::string& target,
                                            const std::function<bool(std::string_view)>& take) {
  return impl_->stream_of(target, take);
}

http_client::answer http_client::post(const std::string& target, const json::value& body) {
  return impl_->exchange(http::verb::post, target, &body);
}

http_client::answer http_client::put(const std::string& target, const json::value& body) {
  return impl_->exchange(http::verb::put, target, &body);
}

http_client::answer http_client::post_form(
    const std::string& target, const std::vector<std::pair<std::string, std::string>>& fields,
    const std::string& file_field, const std::filesystem::path& file, const progress& told) {
  return post_form(target, fields, file_field, std::vector{file}, told);
}

http_client::answer
http_client::post_form(const std::string& target,
                       const std::vector<std::pair<std::string, std::string>>& fields,
                       const std::string& file_field, const std::vector<std::filesystem::path>& files,
                       const progress& told) {
  form what{new_boundary(), {}, {}, told};
  std::string before;
  for (const auto& [name, value] : fields)
    before += "--" + what.boundary + "\r\nContent-Disposition: form-data; name=" + quoted_string(name) +
              "\r\n\r\n" + value + "\r\n";
  for (const auto& file : files) {
    before += "--" + what.boundary +
              "\r\nContent-Disposition: form-data; name=" + quoted_string(file_field) +
              "; filename=" + quoted_string(file.filename().string()) +
              "\r\nContent-Type: application/octet-stream\r\n\r\n";
    what.files.push_back({std::exchange(before, "\r\n"), form_file{file}});
    what.bytes += what.files.back().file.bytes();
  }
  what.after = before + "--" + what.boundary + "--\r\n";
  return impl_->send_form(target, what);
}

} // namespace troupe
