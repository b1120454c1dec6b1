#pragma once

#include <string>
#include <string_view>

#include "messages/failure.hpp"
#include "messages/time.hpp"
#include "runtime/api/request.hpp"
#include "runtime/json/json.hpp"

/// The three shapes of every answer. Source: the snap client's contract, section "Envelopes".
namespace troupe {

response sync(json::value result, int status = 200);

/// A sync answer that also says how many warnings are pending and when the newest was added; as it is
/// where there are none, or where it is another sort of answer.
response with_warnings(response answer, std::uint64_t count, time_point newest);

/// 202: a change with that id was accepted; few have a result beside it.
response async(const std::string& change_id, json::value result = nullptr);

/// The failure's value is put in as JSON, or as a string if it is none. Bytes that aren't UTF-8 in a
/// message become U+FFFD.
response error(const failure& what);

/// An error of a status that no failure_kind has.
response error(int status, std::string_view message);

int http_status(failure_kind kind);

/// The API's word for a kind; empty where it has none.
std::string_view kind_word(failure_kind kind);

/// The kind that an error envelope stands for: by its word, else by its status.
failure_kind kind_of(int status, std::string_view word);

/// "Not Found" for 404.
std::string_view reason_phrase(int status);

} // namespace troupe
