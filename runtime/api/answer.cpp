#include "runtime/api/envelope.hpp"
#include "runtime/api/http_client.hpp"

namespace troupe {

namespace {

[[noreturn]] void not_understood(const http_client::answer& from) {
  throw failure{failure_kind::internal,
                "cannot understand the daemon's answer: HTTP status " + std::to_string(from.status)};
}

const json::object& checked(const http_client::answer& from) {
  if (!from.parsed.is_object())
    not_understood(from);
  const auto& document = from.parsed.get_object();
  auto type = json::string_or(document, "type");
  if (type == "error") {
    json::object nothing;
    const auto* result = document.if_contains("result");
    const auto& details = result && result->is_object() ? result->get_object() : nothing;
    const auto* value = details.if_contains("value");
    auto message = json::string_or(details, "message");
    if (message.empty())
      message = json::string_or(document, "status", reason_phrase(from.status));
    throw api_error{from.status, json::string_or(details, "kind"), message,
                    value ? json::write(*value) : ""};
  }
  if ((type != "sync" && type != "async") || !document.contains("result"))
    not_understood(from);
  return document;
}

} // namespace

api_error::api_error(int status, std::string word, const std::string& message, std::string value)
    : failure{kind_of(status, word), message, std::move(value)},
      status_{status},
      word_{std::move(word)} {}

json::value result_of(const http_client::answer& from) { return checked(from).at("result"); }

std::string change_of(const http_client::answer& from) {
  auto change = json::string_or(checked(from), "change");
  if (change.empty())
    not_understood(from);
  return change;
}

} // namespace troupe
