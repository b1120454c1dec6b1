#include "runtime/api/http_server.hpp"

#include <pthread.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <csignal>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/incoming.hpp"
#include "runtime/api/reply_stream.hpp"
#include "runtime/api/unix_socket.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

using local = asio::local::stream_protocol;
using error_code = boost::system::error_code;
using timer = asio::steady_timer;
using request_parser = http::request_parser<http::buffer_body>;

constexpr std::size_t piece_bytes = 64U << 10;

auto into(error_code& code) { return asio::redirect_error(asio::use_awaitable, code); }

// Waits until the timer is cancelled.
asio::awaitable<void> until_cancelled(timer& signal) {
  signal.expires_at(timer::time_point::max());
  error_code ignored;
  co_await signal.async_wait(into(ignored));
}

// Whether the client sent what isn't HTTP, rather than hung up or fell silent.
bool is_malformed(error_code code) {
  return code.category() == make_error_code(http::error::bad_method).category() &&
         code != http::error::end_of_stream && code != http::error::partial_message;
}

std::string_view plain(beast::string_view text) { return {text.data(), text.size()}; }

class session;

// What the listeners and sessions of a server share; used on its thread only.
struct shared_state {
  // Shared with the exchanges, which may outlive the server.
  std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>(1);
  http_server::options options;
  std::function<void(std::shared_ptr<exchange>)> on_request;
  std::set<session*> sessions;
  std::vector<timer*> waiting_for_room;
  timer grace{*io};
  bool stopping = false;

  void session_ended(session* which) {
    sessions.erase(which);
    for (auto* signal : waiting_for_room)
      signal->cancel();
    if (stopping && sessions.empty())
      grace.cancel();
  }
};

/// One connection.
class session : public std::enable_shared_from_this<session> {
public:
  session(shared_state& server, local::socket socket, const peer& from, bool refused)
      : server_{server},
        stream_{std::move(socket)},
        answered_{*server.io},
        from_{from},
        refused_{refused} {
    server_.sessions.insert(this);
  }

  ~session() { server_.session_ended(this); }

  asio::awaitable<void> run() {
    auto self = shared_from_this();
    try {
      bool open = true;
      while (open && !server_.stopping)
        open = co_await serve_one();
    } catch (const boost::system::system_error&) {
      // The connection broke; nobody is left to be told.
    }
  }

  void answer(response what) {
    if (phase_ != phase::waiting || answer_)
      return;
    answer_ = std::move(what);
    answered_.cancel();
  }

  void stop() {
    if (phase_ == phase::reading)
      stream_.close();
    answer(error(failure{failure_kind::unavailable, "cannot answer request: the daemon is stopping"}));
    if (more_)
      more_->end();
  }

  void abort() { stream_.close(); }

private:
  enum class phase : unsigned char { reading, waiting, writing };

  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_body(request_parser& parser, incoming& taken);
  asio::awaitable<response> ask(incoming& taken);
  asio::awaitable<void> write(response what, const request_parser& parser, bool keep_alive);
  asio::awaitable<void> write_stream(const response& what, const request_parser& parser);
  asio::awaitable<void> write_piece(std::string_view text, bool chunked);
  asio::awaitable<void> linger();
  response malformed(error_code code) const;

  shared_state& server_;
  beast::basic_stream<local> stream_;
  beast::flat_buffer buffer_{limits::api_header_bytes + piece_bytes};
  timer answered_;
  std::optional<response> answer_;
  std::shared_ptr<reply_stream> more_; ///< While it is sent.
  peer from_;
  bool refused_;
  phase phase_ = phase::reading;
};

// Returns whether the connection can take another request.
asio::awaitable<bool> session::serve_one() {
  request_parser parser;
  parser.header_limit(limits::api_header_bytes);
  parser.body_limit(boost::none);
  phase_ = phase::reading;
  stream_.expires_after(refused_ ? limits::api_linger : limits::api_idle);
  error_code code;
  co_await http::async_read_header(stream_, buffer_, parser, into(code));
  if (code && !is_malformed(code))
    co_return false;

  incoming taken{from_};
  bool whole = false;
  std::optional<response> reply;
  if (code) {
    reply = malformed(code);
  } else {
    const auto& head = parser.get();
    taken.head(plain(head.method_string()), plain(head.target()), plain(head[http::field::content_type]),
               server_.options.spool, server_.options.screen);
    if (refused_)
      taken.refuse(failure{failure_kind::unavailable, "cannot answer request: too many connections"});
    try {
      whole = co_await read_body(parser, taken);
      taken.end();
    } catch (const boost::system::system_error& broken) {
      if (!is_malformed(broken.code()))
        throw;
      reply = malformed(broken.code());
    }
  }
  if (!reply && taken.refusal())
    reply = error(*taken.refusal());
  if (!reply)
    reply = co_await ask(taken);

  bool keep_alive = whole && !refused_ && !server_.stopping && parser.get().keep_alive();
  if (reply->more) {
    co_await write_stream(*reply, parser);
    co_return false;
  }
  co_await write(std::move(*reply), parser, keep_alive);
  if (!whole)
    co_await linger();
  co_return keep_alive;
}

// Returns false if the body was too long to be read to its end.
asio::awaitable<bool> session::read_body(request_parser& parser, incoming& taken) {
  if (!parser.is_done() && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    http::response<http::empty_body> go_on{http::status::continue_, parser.get().version()};
    co_await http::async_write(stream_, go_on, asio::use_awaitable);
  }
  std::optional<std::vector<char>> piece;
  while (!parser.is_done()) {
    if (!piece) {
      piece.emplace(piece_bytes);
      buffer_.reserve(piece_bytes);
    }
    auto& into_piece = parser.get().body();
    into_piece.data = piece->data();
    into_piece.size = piece->size();
    stream_.expires_after(limits::api_idle);
    error_code code;
    co_await http::async_read_some(stream_, buffer_, parser, into(code));
    if (code && code != http::error::need_buffer)
      throw boost::system::system_error{code};
    if (!taken.body({piece->data(), piece->size() - into_piece.size}))
      co_return false;
  }
  co_return true;
}

asio::awaitable<response> session::ask(incoming& taken) {
  auto gone = std::make_shared<std::atomic<bool>>(false);
  phase_ = phase::waiting;
  answer_.reset();
  stream_.expires_never();
  // Tells of a client that hung up, but neither of one that has merely sent all nor of its next request.
  stream_.socket().async_wait(local::socket::wait_error, [gone](error_code code) { *gone = !code; });
  {
    auto [what, files] = taken.take();
    // The answer is sent by this thread; it finds the session gone if the server stopped meanwhile.
    auto send = [io = server_.io, session = weak_from_this()](response reply) {
      asio::post(*io, [session, reply = std::move(reply)]() mutable {
        if (auto open = session.lock())
          open->answer(std::move(reply));
      });
    };
    auto asked = std::make_shared<exchange>(std::move(what), std::move(files), std::move(send), gone);
    try {
      server_.on_request(asked);
    } catch (const failure& why) {
      asked->reply(error(why));
    } catch (const std::exception& fault) {
      asked->reply(error(500, std::string{"cannot answer request: "} + fault.what()));
    }
  }
  if (server_.stopping)
    stop();
  while (!answer_)
    co_await until_cancelled(answered_);
  error_code ignored;
  stream_.socket().cancel(ignored);
  co_return std::move(*answer_);
}

asio::awaitable<void> session::write(response what, const request_parser& parser, bool keep_alive) {
  phase_ = phase::writing;
  // A request whose head couldn't be read has no version yet.
  auto version = parser.is_header_done() ? parser.get().version() : 11U;
  http::response<http::string_body> message{http::int_to_status(static_cast<unsigned>(what.status)),
                                            version};
  message.set(http::field::content_type, what.content_type);
  for (const auto& [name, value] : what.headers)
    message.set(name, value);
  message.body() = std::move(what.body);
  message.prepare_payload();
  message.keep_alive(keep_alive);
  stream_.expires_after(limits::api_idle);
  http::response_serializer<http::string_body> serializer{message};
  if (parser.get().method() == http::verb::head)
    co_await http::async_write_header(stream_, serializer, asio::use_awaitable);
  else
    co_await http::async_write(stream_, serializer, asio::use_awaitable);
}

// A client that hangs up ends it, and so does one that takes nothing for too long.
asio::awaitable<void> session::write_stream(const response& what, const request_parser& parser) {
  phase_ = phase::writing;
  const auto chunked = parser.get().version() >= 11;
  http::response<http::empty_body> message{http::int_to_status(static_cast<unsigned>(what.status)),
                                           parser.get().version()};
  message.set(http::field::content_type, what.content_type);
  message.keep_alive(false);
  message.chunked(chunked);
  more_ = what.more;
  more_->wake_by([io = server_.io, session = weak_from_this()] {
    asio::post(*io, [session] {
      if (auto open = session.lock())
        open->answered_.cancel();
    });
  });
  stream_.expires_after(limits::api_idle);
  http::response_serializer<http::empty_body> serializer{message};
  try {
    co_await http::async_write_header(stream_, serializer, asio::use_awaitable);
    co_await write_piece(what.body, chunked);
    stream_.socket().async_wait(local::socket::wait_error, [weak = weak_from_this()](error_code code) {
      if (auto open = weak.lock(); open && !code && open->more_) {
        open->more_->abandon();
        open->answered_.cancel();
      }
    });
    for (auto text = more_->take(); text; text = more_->take()) {
      if (text->empty()) {
        stream_.expires_never();
        co_await until_cancelled(answered_);
        continue;
      }
      co_await write_piece(*text, chunked);
    }
    if (chunked)
      co_await asio::async_write(stream_, http::make_chunk_last(), asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    // Nobody is left to be told.
  }
  more_->abandon();
  more_.reset();
  error_code ignored;
  stream_.socket().cancel(ignored);
}

asio::awaitable<void> session::write_piece(std::string_view text, bool chunked) {
  if (text.empty())
    co_return;
  stream_.expires_after(limits::api_idle);
  const auto piece = asio::buffer(text.data(), text.size());
  if (chunked)
    co_await asio::async_write(stream_, http::make_chunk(piece), asio::use_awaitable);
  else
    co_await asio::async_write(stream_, piece, asio::use_awaitable);
}

// Takes what the client still sends, so that it comes to read the answer.
asio::awaitable<void> session::linger() {
  error_code code;
  stream_.socket().shutdown(local::socket::shutdown_send, code);
  stream_.expires_after(limits::api_linger);
  std::vector<char> dropped(piece_bytes);
  std::uint64_t bytes = 0;
  while (!code && bytes < limits::api_drain_bytes)
    bytes += co_await stream_.async_read_some(asio::buffer(dropped), into(code));
}

response session::malformed(error_code code) const {
  if (code == http::error::header_limit || code == http::error::buffer_overflow)
    return error(431, "cannot read request: its head is longer than " +
                          std::to_string(limits::api_header_bytes) + " bytes");
  return error(failure{"cannot read request: " + code.message()});
}

/// Accepts what comes to one socket.
class door {
public:
  door(shared_state& server, const http_server::socket& where)
      : server_{server},
        role_{where.role},
        listener_{where.path, where.mode},
        socket_{*server.io},
        room_{*server.io} {
    socket_.assign(local{}, listener_.take().release());
    server_.waiting_for_room.push_back(&room_);
  }

  asio::awaitable<void> run() {
    while (!server_.stopping) {
      error_code ignored;
      co_await socket_.async_wait(local::acceptor::wait_read, into(ignored));
      if (server_.sessions.size() >= limits::api_connections + limits::api_refused_connections) {
        co_await until_cancelled(room_);
      } else if (!server_.stopping && !accept_one()) {
        room_.expires_after(limits::api_accept_retry);
        co_await room_.async_wait(into(ignored));
      }
    }
  }

  void close() {
    socket_.close();
    room_.cancel();
  }

private:
  // Returns false where the process has no descriptor or memory left for a connection.
  bool accept_one() {
    auto connection = accept_peer(socket_.native_handle());
    if (!connection)
      return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    try {
      auto from = credentials(connection.get(), role_);
      local::socket socket{*server_.io};
      socket.assign(local{}, connection.get());
      connection.release();
      bool refused = server_.sessions.size() >= limits::api_connections;
      auto opened = std::make_shared<session>(server_, std::move(socket), from, refused);
      asio::co_spawn(*server_.io, opened->run(), asio::detached);
    } catch (const std::exception&) {
      return false;
    }
    return true;
  }

  shared_state& server_;
  socket_role role_;
  unix_listener listener_;
  local::acceptor socket_;
  timer room_;
};

} // namespace

class http_server::impl {
public:
  impl(options chosen, std::function<void(std::shared_ptr<exchange>)> on_request) {
    state_.options = std::move(chosen);
    state_.on_request = std::move(on_request);
  }

  void start() {
    make_spool();
    try {
      for (const auto& where : state_.options.sockets)
        doors_.push_back(std::make_unique<door>(state_, where));
    } catch (...) {
      state_.waiting_for_room.clear();
      doors_.clear();
      throw;
    }
    for (const auto& opened : doors_)
      asio::co_spawn(*state_.io, opened->run(), asio::detached);

    // Signals are for the threads that the program chose for them.
    sigset_t all;
    sigset_t former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    thread_ = std::thread{[this] {
      pthread_setname_np(pthread_self(), "api");
      state_.io->run();
    }};
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
  }

  void stop() {
    if (!thread_.joinable())
      return;
    asio::post(*state_.io, [this] { wind_down(); });
    thread_.join();
    state_.waiting_for_room.clear();
    doors_.clear();
  }

private:
  void make_spool() const {
    namespace fs = std::filesystem;
    std::error_code code;
    if (fs::is_directory(state_.options.spool, code))
      return;
    fs::create_directories(state_.options.spool, code);
    if (!code)
      fs::permissions(state_.options.spool, fs::perms::owner_all, code);
    if (code)
      throw failure{failure_kind::internal,
                    "cannot make directory " + state_.options.spool.string() + ": " + code.message()};
  }

  void wind_down() {
    state_.stopping = true;
    for (const auto& opened : doors_)
      opened->close();
    for (auto* open : state_.sessions)
      open->stop();
    if (state_.sessions.empty())
      return;
    state_.grace.expires_after(limits::api_stop_grace);
    state_.grace.async_wait([this](error_code code) {
      if (!code)
        for (auto* open : state_.sessions)
          open->abort();
    });
  }

  shared_state state_;
  std::vector<std::unique_ptr<door>> doors_;
  std::thread thread_;
};

http_server::http_server(options chosen, std::function<void(std::shared_ptr<exchange>)> on_request)
    : impl_{std::make_unique<impl>(std::move(chosen), std::move(on_request))} {}

http_server::~http_server() { stop(); }

void http_server::start() { impl_->start(); }

void http_server::stop() { impl_->stop(); }

} // namespace troupe
