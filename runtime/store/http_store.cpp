#include "runtime/store/http_store.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/arriving_image.hpp"

namespace troupe {

namespace {

constexpr int file_tries = 2;
constexpr long status_ok = 200;
constexpr long status_partial = 206;
constexpr long status_timeout = 408;
constexpr long status_bad_range = 416;
constexpr long status_too_many = 429;
constexpr long status_server_error = 500;

bool may_pass(const failure& fault) {
  return fault.kind() == failure_kind::unavailable || fault.kind() == failure_kind::network_timeout;
}

/// Throws http_fault for a status that brings no file, and for a web page instead of one.
void check_head(const http_head& head) {
  if (head.status == 404 || head.status == 410)
    throw http_fault{failure_kind::not_found,
                     "the server doesn't have it (" + std::to_string(head.status) + ")"};
  if (head.status >= status_server_error || head.status == status_timeout ||
      head.status == status_too_many)
    throw http_fault{failure_kind::unavailable, "the server answers " + std::to_string(head.status)};
  if (head.status != status_ok && head.status != status_partial)
    throw http_fault{"the server answers " + std::to_string(head.status)};
  if (head.content_type.starts_with("text/html"))
    throw http_fault{
        "the server answers with a web page; is the location right, and does the network want "
        "you to log in first?"};
}

/// Waits, unless stopped.
void pause(std::chrono::milliseconds time, std::stop_token stop) {
  std::mutex guard;
  std::condition_variable_any never;
  std::unique_lock lock{guard};
  never.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested())
    throw http_fault{failure_kind::internal, "stopped"};
}

/// Calls `attempt` until it doesn't fail, with growing pauses. `progress` says how far it has come.
template <class Attempt, class Progress>
void try_again(int tries, std::chrono::milliseconds wait, std::stop_token stop, Attempt attempt,
               Progress progress) {
  auto first_wait = wait;
  for (int left = tries;;) {
    auto before = progress();
    try {
      return attempt();
    } catch (const failure& fault) {
      if (progress() >= before + limits::store_progress_bytes) {
        left = tries;
        wait = first_wait;
      }
      if (!may_pass(fault) || --left <= 0)
        throw;
    }
    pause(wait, stop);
    wait = std::min<std::chrono::milliseconds>(wait * 2, limits::store_retry_longest);
  }
}

} // namespace

void check_store_url(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts{curl_url(), curl_url_cleanup};
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    throw failure{"it is no URL"};
  auto has = [&](CURLUPart part) {
    char* text = nullptr;
    auto code = curl_url_get(parts.get(), part, &text, 0);
    curl_free(text);
    return code == CURLUE_OK;
  };
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw failure{"it must begin with http:// or https://, or be a directory's absolute path"};
  if (has(CURLUPART_USER) || has(CURLUPART_PASSWORD))
    throw failure{"it can't hold a user name or a password"};
  if (has(CURLUPART_QUERY) || has(CURLUPART_FRAGMENT))
    throw failure{"it can't hold a ? or a #"};
}

http_store::http_store(std::string url, http_patience patience)
    : url_{std::move(url)}, patience_{patience} {
  if (!url_.ends_with('/'))
    url_ += '/';
}

std::string http_store::read_file(const std::string& file, std::size_t most, std::stop_token stop) {
  std::string text;
  auto what = "cannot read " + in_quotes(url_ + file) + ": ";
  auto too_large = [&] { return http_fault{"it is larger than " + std::to_string(most) + " bytes"}; };
  http_get get{.url = url_ + file,
               .from = 0,
               .begin =
                   [&](const http_head& head) {
                     check_head(head);
                     if (head.length.value_or(0) > most)
                       throw too_large();
                   },
               .piece =
                   [&](std::string_view piece) {
                     if (piece.size() > most - text.size())
                       throw too_large();
                     text += piece;
                   }};
  try {
    try_again(
        std::min(file_tries, patience_.tries), patience_.first_retry, stop,
        [&] {
          text.clear();
          run(get, patience_, stop);
        },
        [] { return std::uint64_t{0}; });
  } catch (const http_fault& fault) {
    throw failure{fault.kind(), what + fault.what()};
  }
  return text;
}

void http_store::try_once(const download_source& what, arriving_image& image,
                          std::stop_token stop) const {
  auto begin = [&](const http_head& head) {
    if (head.status == status_bad_range && image.bytes() > 0) {
      image.restart();
      throw http_fault{failure_kind::unavailable, "the server doesn't go on from the middle"};
    }
    check_head(head);
    bool goes_on = head.status == status_partial && head.range_begin == image.bytes();
    if (!goes_on)
      image.restart();
    if (head.status == status_partial && !goes_on)
      throw http_fault{failure_kind::unavailable, "the server sends another part than asked for"};
    if (head.length && *head.length != what.bytes - image.bytes())
      throw http_fault{"the server has " + std::to_string(*head.length + image.bytes()) +
                       " bytes of it, and the index promises " + std::to_string(what.bytes)};
  };
  run({.url = url_ + what.file,
       .from = image.bytes(),
       .begin = begin,
       .piece = [&](std::string_view piece) { image.append(piece); }},
      patience_, stop);
  if (!image.is_whole())
    throw http_fault{failure_kind::unavailable, "it ended after " + std::to_string(image.bytes()) +
                                                    " of " + std::to_string(what.bytes) + " bytes"};
}

void http_store::download(const download_source& what, const std::filesystem::path& to,
                          const std::function<void(std::uint64_t)>& advance, std::stop_token stop) {
  arriving_image image{what, to, advance};
  bool goes_on = image.bytes() > 0;
  try {
    try_again(
        patience_.tries, patience_.first_retry, stop,
        [&] {
          if (!image.is_whole())
            try_once(what, image, stop);
        },
        [&] { return image.bytes(); });
  } catch (const http_fault& fault) {
    auto kind = fault.kind() == failure_kind::not_found ? failure_kind::bad_request : fault.kind();
    throw failure{kind, cannot_download(what) + ": " + fault.what()};
  }
  try {
    image.finish();
  } catch (const wrong_digest&) {
    if (!goes_on)
      throw;
    // It may be the former try's part that is wrong.
    download(what, to, advance, stop);
  }
}

} // namespace troupe
