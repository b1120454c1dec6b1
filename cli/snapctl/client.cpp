#include "cli/snapctl/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace troupe {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using local = asio::local::stream_protocol;

constexpr int failed = 1;

std::string variable(const char* name, const std::string& fallback = {}) {
  const char* value = std::getenv(name);
  return value && *value ? value : fallback;
}

// Source: runtime/snap/layout.
std::string socket_path() {
  auto root = variable("TROUPE_ROOT", "/");
  return root + (root.ends_with('/') ? "" : "/") + "run/snapd-snap.socket";
}

local::endpoint endpoint_of(const std::string& path) {
  try {
    return local::endpoint{path};
  } catch (const boost::system::system_error& why) {
    throw std::runtime_error{"cannot connect to the daemon at " + path + ": " + why.code().message()};
  }
}

std::string ask(const std::string& body) {
  auto path = socket_path();
  asio::io_context io;
  local::socket socket{io};
  boost::system::error_code code;
  socket.connect(endpoint_of(path), code);
  if (code)
    throw std::runtime_error{"cannot connect to the daemon at " + path + ": " + code.message()};
  http::request<http::string_body> asked{http::verb::post, "/v2/snapctl", 11};
  asked.set(http::field::host, "localhost");
  asked.set(http::field::content_type, "application/json");
  asked.body() = body;
  asked.prepare_payload();
  asked.keep_alive(false);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> answer;
  http::write(socket, asked, code);
  // Whoever is refused while it still sends gets an answer all the same.
  if (!code || code == boost::system::errc::broken_pipe)
    http::read(socket, buffer, answer, code);
  if (code)
    throw std::runtime_error{"cannot ask the daemon at " + path + ": " + code.message()};
  return std::move(answer.body());
}

std::string text_in(const json::object& from, const char* key) {
  const auto* found = from.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

void print(const json::object& what) {
  std::cout << text_in(what, "stdout") << std::flush;
  std::cerr << text_in(what, "stderr");
}

/// Tells about an error; one of the kind "unsuccessful" is a command's own output and exit code.
int report(const json::object& error) {
  const auto* value = error.if_contains("value");
  if (text_in(error, "kind") == "unsuccessful" && value && value->is_object()) {
    const auto& ended = value->get_object();
    print(ended);
    const auto* code = ended.if_contains("exit-code");
    return code && code->is_int64() ? static_cast<int>(code->get_int64()) : failed;
  }
  std::cerr << "error: " << text_in(error, "message") << '\n';
  return failed;
}

std::string body_of(const std::vector<std::string>& words) {
  return json::serialize(json::object{{"context-id", variable("SNAP_COOKIE", variable("SNAP_CONTEXT"))},
                                      {"args", json::array(words.begin(), words.end())}});
}

} // namespace

int run_snapctl(const std::vector<std::string>& words) {
  try {
    auto envelope = json::parse(ask(body_of(words))).as_object();
    auto result = envelope.at("result");
    if (text_in(envelope, "type") == "error")
      return report(result.as_object());
    print(result.as_object());
    return 0;
  } catch (const std::exception& why) {
    std::cerr << "error: " << why.what() << '\n';
    return failed;
  }
}

} // namespace troupe
