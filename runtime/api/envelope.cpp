#include "runtime/api/envelope.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <utility>

#include "runtime/json/utf8.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

struct kind_row {
  failure_kind kind;
  int status;
  std::string_view word;
};

// The first row of a status is the one that an error without a known word stands for.
constexpr std::array kinds{
    kind_row{failure_kind::bad_request, 400, ""},
    kind_row{failure_kind::not_found, 404, ""},
    kind_row{failure_kind::method_not_allowed, 405, ""},
    kind_row{failure_kind::too_large, 413, ""},
    kind_row{failure_kind::login_required, 401, "login-required"},
    kind_row{failure_kind::forbidden, 403, "login-required"},
    kind_row{failure_kind::snap_not_found, 404, "snap-not-found"},
    kind_row{failure_kind::snap_not_installed, 404, "snap-not-installed"},
    kind_row{failure_kind::snap_already_installed, 400, "snap-already-installed"},
    kind_row{failure_kind::snap_needs_classic, 400, "snap-needs-classic"},
    kind_row{failure_kind::snap_local, 400, "snap-local"},
    kind_row{failure_kind::no_update_available, 400, "snap-no-update-available"},
    kind_row{failure_kind::revision_not_available, 404, "snap-revision-not-available"},
    kind_row{failure_kind::channel_not_available, 404, "snap-channel-not-available"},
    kind_row{failure_kind::architecture_not_available, 404, "snap-architecture-not-available"},
    kind_row{failure_kind::option_not_found, 400, "option-not-found"},
    kind_row{failure_kind::app_not_found, 404, "app-not-found"},
    kind_row{failure_kind::network_timeout, 400, "network-timeout"},
    kind_row{failure_kind::interfaces_unchanged, 400, "interfaces-unchanged"},
    kind_row{failure_kind::snap_not_a_snap, 400, "snap-not-a-snap"},
    kind_row{failure_kind::change_conflict, 409, "snap-change-conflict"},
    kind_row{failure_kind::insufficient_space, 507, "insufficient-disk-space"},
    kind_row{failure_kind::unsuccessful, 200, "unsuccessful"},
    kind_row{failure_kind::unavailable, 503, ""},
    kind_row{failure_kind::internal, 500, ""},
};

const kind_row& row(failure_kind kind) {
  for (const auto& candidate : kinds)
    if (candidate.kind == kind)
      return candidate;
  return kinds.back();
}

/// What envelope() begins a sync answer with.
constexpr std::string_view sync_start = R"({"type":"sync",)";

response envelope(std::string_view type, int status, json::value result) {
  json::object document{{"type", type},
                        {"status-code", status},
                        {"status", reason_phrase(status)},
                        {"result", std::move(result)}};
  return {.status = status, .body = as_utf8(json::write(document))};
}

} // namespace

response sync(json::value result, int status) { return envelope("sync", status, std::move(result)); }

response with_warnings(response answer, std::uint64_t count, time_point newest) {
  if (count == 0 || !answer.body.starts_with(sync_start))
    return answer;
  json::object more{{"warning-count", count}, {"warning-timestamp", to_rfc3339(newest)}};
  // An envelope is an object with members, so another object's members go on from its last one.
  answer.body.back() = ',';
  answer.body += json::write(more).substr(1);
  return answer;
}

response async(const std::string& change_id, json::value result) {
  json::object document{{"type", "async"},
                        {"status-code", 202},
                        {"status", reason_phrase(202)},
                        {"result", std::move(result)},
                        {"change", change_id}};
  return {.status = 202, .body = json::write(document)};
}

response error(const failure& what) {
  json::object result{{"message", as_utf8(what.what())}};
  if (auto word = kind_word(what.kind()); !word.empty())
    result["kind"] = word;
  if (!what.value().empty()) {
    boost::json::error_code code;
    auto value = boost::json::parse(what.value(), code);
    result["value"] = code ? json::value(as_utf8(what.value())) : std::move(value);
  }
  return envelope("error", http_status(what.kind()), std::move(result));
}

response error(int status, std::string_view message) {
  return envelope("error", status, json::object{{"message", as_utf8(message)}});
}

int http_status(failure_kind kind) { return row(kind).status; }

std::string_view kind_word(failure_kind kind) { return row(kind).word; }

failure_kind kind_of(int status, std::string_view word) {
  for (const auto& candidate : kinds)
    if (candidate.status == status && candidate.word == word)
      return candidate.kind;
  for (const auto& candidate : kinds)
    if (!word.empty() && candidate.word == word)
      return candidate.kind;
  for (const auto& candidate : kinds)
    if (candidate.status == status)
      return candidate.kind;
  return status >= 500 ? failure_kind::internal : failure_kind::bad_request;
}

std::string_view reason_phrase(int status) {
  auto phrase = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {phrase.data(), phrase.size()};
}

} // namespace troupe
