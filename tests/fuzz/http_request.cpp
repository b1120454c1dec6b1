#include <algorithm>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/http_server.hpp"
#include "runtime/api/snap_requests.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/snap/names.hpp"
#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;
namespace http = boost::beast::http;

fs::path make_directory() {
  auto pattern = (fs::temp_directory_path() / "troupe-fuzz-XXXXXX").native();
  require(mkdtemp(pattern.data()), "there is room for a temporary directory");
  return pattern;
}

void require_sound(const operation_request& wanted) {
  for (const auto& snap : wanted.snaps) {
    check_instance_name(snap.snap);
    auto is_one_of = [&](std::initializer_list<const char*> verbs) {
      return std::ranges::find(verbs, snap.verb) != verbs.end();
    };
    require(is_one_of({"install", "refresh", "revert", "switch", "remove", "enable", "disable"}),
            "an action is known");
    require(snap.verb == "disable" || !snap.force, "only disable takes force");
    require(snap.verb == "remove" || !snap.purge, "only remove takes purge");
    require(!snap.rev || is_one_of({"install", "refresh", "revert", "remove"}),
            "only what is about one takes a revision");
    require(snap.channel.empty() || is_one_of({"install", "refresh", "switch"}),
            "only what follows one takes a channel");
  }
  require(!wanted.wait_at_most || wanted.on_conflict != conflict_policy::fail,
          "only who waits says how long");
}

/// What the daemon makes of a request before an actor is asked.
json::value read_request(const request& what) {
  require(what.path.starts_with('/'), "a path begins with a slash");
  require(what.path.find('\0') == std::string::npos, "a path holds no NUL");
  if (auto after = what.query.find("after"); after != what.query.end())
    from_rfc3339(after->second);
  if (what.is_form) {
    require(what.body.empty(), "a form has parts and no body");
    operation_request wanted;
    for (const auto& part : what.parts) {
      require(part.file.empty() || fs::file_size(part.file) == part.bytes, "a file is stored whole");
      require(!part.file.empty() || part.value.size() == part.bytes, "a field is kept whole");
      if (part.name == "conflict")
        set_options(wanted, {}, part.value);
    }
    return json::value(what.parts.size());
  }
  require(what.parts.empty(), "only a form has parts");
  if (what.body.empty())
    return json::value(what.path);
  auto body = json::parse_object(what.body);
  auto wanted = operation_request_of(body, json::strings(body, "snaps"), what.from.uid);
  require_sound(wanted);
  require(json::parse(json::write(body)) == json::value(body), "JSON, written and read, is the same");
  return body;
}

/// A server as the daemon's, in this process.
class server {
public:
  server()
      : directory_{make_directory()},
        http_{
            {.sockets = {{.path = directory_ / "socket"}}, .spool = directory_ / "spool", .screen = {}},
            [this](const std::shared_ptr<exchange>& asked) { take(*asked); }} {
    http_.start();
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server() {
    http_.stop();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  std::string ask(std::string_view bytes) {
    asio::io_context io;
    asio::local::stream_protocol::socket socket{io};
    socket.connect((directory_ / "socket").native());
    std::string answers;
    boost::system::error_code ended;
    asio::write(socket, asio::buffer(bytes), ended);
    socket.shutdown(asio::socket_base::shutdown_send, ended);
    asio::read(socket, asio::dynamic_buffer(answers), ended);
    if (broken_.load())
      throw broken_rule{why_};
    require(spool_empties(), "no uploaded file outlives its connection");
    return answers;
  }

private:
  /// A server that gives up reading says so before it has let go of what it read.
  bool spool_empties() const {
    for (int i = 0; i < 1000 && !fs::is_empty(directory_ / "spool"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return fs::is_empty(directory_ / "spool");
  }

  /// The server would turn a broken rule into an answer like any other.
  void take(exchange& asked) {
    try {
      asked.reply(sync(read_request(asked.what())));
    } catch (const broken_rule& rule) {
      why_ = rule.what();
      broken_ = true;
    }
  }

  fs::path directory_;
  std::string why_;
  std::atomic<bool> broken_ = false;
  http_server http_;
};

/// Reads one answer off the front; returns its status.
int take_answer(std::string_view& rest) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  boost::system::error_code code;
  auto size = parser.put({rest.data(), rest.size()}, code);
  require((!code || code == http::error::need_more) && parser.is_header_done(),
          "an answer begins with a whole head");
  rest.remove_prefix(size);
  const auto& head = parser.get();
  require(head.version() == 11 || head.version() == 10, "an answer is HTTP/1.0 or 1.1");
  auto length = parser.content_length().value_or(0);
  // The answer to HEAD says how long the body would have been.
  if (head.result() == http::status::continue_ || rest.empty() || rest.starts_with("HTTP/"))
    return head.result_int();
  parser.eager(true);
  rest.remove_prefix(parser.put({rest.data(), rest.size()}, code));
  require(!code && parser.is_done() && length > 0, "an answer's body is as long as it says");
  auto body = json::parse_object(parser.get().body());
  require(body.at("status-code") == head.result_int(), "an envelope has the answer's status");
  return head.result_int();
}

} // namespace

void check_http_request(std::string_view input) {
  static server running;
  auto answers = running.ask(input);
  for (std::string_view rest = answers; !rest.empty();) {
    auto status = take_answer(rest);
    require(status < 500, "no request is answered with a fault of ours");
  }
}

} // namespace troupe::fuzz
