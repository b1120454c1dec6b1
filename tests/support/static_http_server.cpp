#include "tests/support/static_http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include <sys/socket.h>

namespace troupe::test {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using request = http::request<http::string_body>;

std::optional<std::string> content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in || std::filesystem::is_directory(file))
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// The first byte that a header such as `bytes=7-` asks for.
std::uint64_t begin_of(std::string_view range) {
  constexpr std::string_view start = "bytes=";
  std::uint64_t begin = 0;
  if (range.starts_with(start))
    std::from_chars(range.data() + start.size(), range.data() + range.size(), begin);
  return begin;
}

/// A head and a body as they go over the wire.
struct wire_answer {
  int status = 200;
  std::string type = "application/octet-stream";
  std::string headers;
  std::string body;
};

wire_answer page(int status) {
  return {status, "text/html; charset=utf-8", {}, "<!DOCTYPE html><title>Not what you want</title>\n"};
}

wire_answer file_answer(std::string content, std::string_view range, const server_fault& fault) {
  if (fault.flip_byte && *fault.flip_byte < content.size())
    content[*fault.flip_byte] = static_cast<char>(content[*fault.flip_byte] ^ 1);
  auto begin = fault.ignores_ranges ? 0 : begin_of(range);
  if (begin > 0 && begin >= content.size())
    return page(416);
  if (fault.wrong_range && begin > 0)
    --begin;
  wire_answer result;
  if (begin > 0) {
    result.status = 206;
    result.headers = "Content-Range: bytes " + std::to_string(begin) + "-" +
                     std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) + "\r\n";
  }
  result.body = content.substr(begin) + std::string(fault.extra_bytes, 'x');
  return result;
}

std::string head_of(const wire_answer& answer, const server_fault& fault) {
  std::ostringstream head;
  head << "HTTP/1.1 " << answer.status << " Whatever\r\nContent-Type: " << answer.type << "\r\n"
       << answer.headers;
  if (!fault.chunked)
    head << "Content-Length: " << static_cast<std::int64_t>(answer.body.size()) + fault.length_lie
         << "\r\n";
  head << "Connection: close\r\n\r\n";
  return head.str();
}

} // namespace

struct static_http_server::state {
  std::filesystem::path directory;
  asio::io_context context;
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  tcp::endpoint address{acceptor.local_endpoint()};
  std::thread accepting;

  mutable std::mutex guard;
  bool is_stopping = false;
  std::set<int> stalled; ///< Sockets on which nothing more is sent.
  std::vector<std::thread> serving;
  std::map<std::string, server_fault> faults;
  std::vector<std::pair<std::string, std::string>> asked; ///< Path and range.
  std::string last_headers;

  explicit state(std::filesystem::path where) : directory{std::move(where)} {
    accepting = std::thread{[this] { accept(); }};
  }

  ~state() {
    {
      std::lock_guard lock{guard};
      is_stopping = true;
      for (auto fd : stalled)
        shutdown(fd, SHUT_RDWR);
    }
    // A connection of ours ends the wait for one.
    boost::system::error_code ignored;
    tcp::socket{context}.connect(address, ignored);
    accepting.join();
    for (auto& thread : serving)
      thread.join();
  }

  void accept() {
    for (;;) {
      boost::system::error_code code;
      tcp::socket socket{context};
      acceptor.accept(socket, code);
      std::lock_guard lock{guard};
      if (is_stopping)
        return;
      if (!code)
        serving.emplace_back([this, taken = std::move(socket)]() mutable { serve(taken); });
    }
  }

  void serve(tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    request asking;
    boost::system::error_code code;
    http::read(socket, buffer, asking, code);
    if (!code)
      answer(socket, asking);
  }

  /// Whoever takes this server for its proxy names the host too.
  static std::string path_of(const request& asking) {
    std::string target{asking.target()};
    auto host = target.find("://");
    return host == target.npos ? target : target.substr(target.find('/', host + 3));
  }

  server_fault note(const request& asking) {
    std::lock_guard lock{guard};
    auto path = path_of(asking);
    asked.emplace_back(path, std::string{asking[http::field::range]});
    std::ostringstream headers;
    headers << asking.base();
    last_headers = headers.str();
    auto found = faults.find(path);
    if (found == faults.end())
      return {};
    auto fault = found->second;
    if (found->second.times > 0 && --found->second.times == 0)
      faults.erase(found);
    return fault;
  }

  void answer(tcp::socket& socket, const request& asking) {
    auto fault = note(asking);
    auto content = content_of(directory / path_of(asking).substr(1));
    wire_answer result;
    if (!fault.redirect_to.empty())
      result = {302, "text/html", "Location: " + fault.redirect_to + "\r\n", {}};
    else if (fault.status)
      result = page(fault.status);
    else if (fault.html)
      result = page(200);
    else if (!content)
      result = page(404);
    else
      result = file_answer(std::move(*content), asking[http::field::range], fault);
    auto sent = std::min(fault.cut_after.value_or(result.body.size()),
                         fault.stall_after.value_or(result.body.size()));
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(head_of(result, fault)), ignored);
    asio::write(socket,
                asio::buffer(result.body.data(), std::min<std::size_t>(sent, result.body.size())),
                ignored);
    if (fault.stall_after)
      stall(socket);
    socket.shutdown(tcp::socket::shutdown_both, ignored);
  }

  /// Until the client goes, or the server is stopped and shuts the socket down.
  void stall(tcp::socket& socket) {
    auto fd = socket.native_handle();
    {
      std::lock_guard lock{guard};
      if (is_stopping)
        return;
      stalled.insert(fd);
    }
    for (char byte = 0; recv(fd, &byte, 1, 0) > 0;)
      ;
    std::lock_guard lock{guard};
    stalled.erase(fd);
  }
};

static_http_server::static_http_server(std::filesystem::path directory)
    : state_{std::make_unique<state>(std::move(directory))} {}

static_http_server::~static_http_server() = default;

std::string static_http_server::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->address.port());
}

void static_http_server::set_fault(const std::string& path, server_fault fault) {
  std::lock_guard lock{state_->guard};
  state_->faults[path] = std::move(fault);
}

int static_http_server::requests(const std::string& path) const {
  std::lock_guard lock{state_->guard};
  return static_cast<int>(std::ranges::count_if(
      state_->asked, [&](const auto& one) { return path.empty() || one.first == path; }));
}

std::vector<std::string> static_http_server::ranges(const std::string& path) const {
  std::lock_guard lock{state_->guard};
  std::vector<std::string> result;
  for (const auto& [asked, range] : state_->asked)
    if (asked == path)
      result.push_back(range);
  return result;
}

std::string static_http_server::last_headers() const {
  std::lock_guard lock{state_->guard};
  return state_->last_headers;
}

} // namespace troupe::test
