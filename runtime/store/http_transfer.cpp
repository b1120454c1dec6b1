#include "runtime/store/http_transfer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <memory>

#include "runtime/snap/quote.hpp"
#include "runtime/version.hpp"

namespace troupe {

namespace {

using easy_handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using multi_handle = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

constexpr int longest_poll_ms = 1'000;
constexpr long buffer_bytes = 256L << 10;

void prepare() {
  static const auto result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK)
    throw http_fault{failure_kind::internal, "libcurl doesn't start"};
}

/// A transfer under way, as libcurl's functions get to see it.
struct transfer {
  const http_get& what;
  CURL* easy = nullptr;
  http_head head;
  bool has_begun = false;
  std::exception_ptr thrown;

  void begin() {
    if (std::exchange(has_begun, true))
      return;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &head.status);
    char* type = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    head.content_type = type ? type : "";
    curl_off_t length = -1;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length >= 0)
      head.length = static_cast<std::uint64_t>(length);
    what.begin(head);
  }
};

std::optional<std::uint64_t> range_begin_in(std::string_view header) {
  constexpr std::string_view start = "content-range: bytes ";
  auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
  if (header.size() < start.size() || !std::equal(start.begin(), start.end(), header.begin(),
                                                  [&](char b, char a) { return same(a, b); }))
    return std::nullopt;
  header.remove_prefix(start.size());
  std::uint64_t number = 0;
  auto read = std::from_chars(header.data(), header.data() + header.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) {
  auto& under_way = *static_cast<transfer*>(to);
  std::string_view line{data, size};
  if (line.starts_with("HTTP/"))
    under_way.head = {};
  if (auto begin = range_begin_in(line))
    under_way.head.range_begin = begin;
  return size;
}

std::size_t take_piece(char* data, std::size_t, std::size_t size, void* to) {
  auto& under_way = *static_cast<transfer*>(to);
  try {
    under_way.begin();
    under_way.what.piece({data, size});
    return size;
  } catch (...) {
    // No exception may pass through libcurl; any other count than the size ends the transfer.
    under_way.thrown = std::current_exception();
    return size + 1;
  }
}

void set_proxies(CURL* easy, const std::string& url, const proxy_settings& proxies) {
  const auto& proxy = url.starts_with("https:") ? proxies.https : proxies.http;
  if (!proxy.empty())
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy.c_str());
  if (!proxies.none.empty())
    curl_easy_setopt(easy, CURLOPT_NOPROXY, proxies.none.c_str());
}

void set_up(CURL* easy, transfer& under_way, const http_patience& patience, char* message) {
  const auto& what = under_way.what;
  bool is_secret = what.url.starts_with("https:");
  curl_easy_setopt(easy, CURLOPT_URL, what.url.c_str());
  set_proxies(easy, what.url, patience.proxies);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, is_secret ? "https" : "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(limits::store_redirects));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, (std::string{"troupe/"} + version).c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.connect.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, limits::store_stall_bytes_per_second);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience.stall.count()));
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &under_way);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_piece);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &under_way);
  // Not CURLOPT_RESUME_FROM_LARGE, which fails where a server sends the whole file instead.
  if (what.from > 0)
    curl_easy_setopt(easy, CURLOPT_RANGE, (std::to_string(what.from) + "-").c_str());
}

/// Returns how it ended; nothing once it was stopped.
std::optional<CURLcode> drive(CURLM* multi, std::stop_token stop) {
  std::stop_callback wake{stop, [multi] { curl_multi_wakeup(multi); }};
  int running = 1;
  while (running > 0) {
    if (stop.stop_requested())
      return std::nullopt;
    if (curl_multi_perform(multi, &running) != CURLM_OK)
      return CURLE_FAILED_INIT;
    if (running > 0)
      curl_multi_poll(multi, nullptr, 0, longest_poll_ms, nullptr);
  }
  int left = 0;
  const auto* message = curl_multi_info_read(multi, &left);
  return message ? message->data.result : CURLE_FAILED_INIT;
}

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string((time.count() + 999) / 1000) + " s";
}

[[noreturn]] void refuse(const transfer& under_way, CURLcode code, const http_patience& patience,
                         const char* message) {
  switch (code) {
  case CURLE_OPERATION_TIMEDOUT: {
    curl_off_t connected = 0;
    curl_easy_getinfo(under_way.easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    throw http_fault{failure_kind::network_timeout,
                     connected > 0 ? "the server has sent next to nothing for " + seconds(patience.stall)
                                   : "no connection within " + seconds(patience.connect)};
  }
  case CURLE_TOO_MANY_REDIRECTS:
    throw http_fault{"the server redirects more than " + std::to_string(limits::store_redirects) +
                     " times"};
  case CURLE_UNSUPPORTED_PROTOCOL:
    throw http_fault{"the server redirects to something else than http or https, or from https to http"};
  case CURLE_PARTIAL_FILE:
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
    throw http_fault{failure_kind::unavailable, "the connection was cut off"};
  case CURLE_URL_MALFORMAT:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
    throw http_fault{as_one_line(*message ? message : curl_easy_strerror(code))};
  case CURLE_OUT_OF_MEMORY:
  case CURLE_FAILED_INIT:
    throw http_fault{failure_kind::internal, curl_easy_strerror(code)};
  default:
    throw http_fault{failure_kind::unavailable,
                     as_one_line(*message ? message : curl_easy_strerror(code))};
  }
}

} // namespace

void run(const http_get& what, const http_patience& patience, std::stop_token stop) {
  prepare();
  const multi_handle multi{curl_multi_init(), curl_multi_cleanup};
  const easy_handle easy{curl_easy_init(), curl_easy_cleanup};
  if (!multi || !easy)
    throw http_fault{failure_kind::internal, "libcurl doesn't start"};
  transfer under_way{.what = what, .easy = easy.get(), .head = {}, .has_begun = false, .thrown = {}};
  std::array<char, CURL_ERROR_SIZE> message{};
  set_up(easy.get(), under_way, patience, message.data());
  curl_multi_add_handle(multi.get(), easy.get());
  auto code = drive(multi.get(), stop);
  curl_multi_remove_handle(multi.get(), easy.get());
  if (under_way.thrown)
    std::rethrow_exception(under_way.thrown);
  if (!code)
    throw http_fault{failure_kind::internal, "stopped"};
  if (*code != CURLE_OK)
    refuse(under_way, *code, patience, message.data());
  under_way.begin();
}

} // namespace troupe
