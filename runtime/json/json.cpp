#include "runtime/json/json.hpp"

#include <simdjson.h>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe::json {

namespace {

value convert(simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
  case element_type::ARRAY: {
    array result;
    for (auto child : simdjson::dom::array(element))
      result.push_back(convert(child));
    return result;
  }
  case element_type::OBJECT: {
    object result;
    for (auto [key, child] : simdjson::dom::object(element))
      result.insert_or_assign(key, convert(child));
    return result;
  }
  case element_type::INT64:
    return std::int64_t(element);
  case element_type::UINT64:
    return std::uint64_t(element);
  case element_type::DOUBLE:
    return double(element);
  case element_type::STRING:
    return value(std::string_view(element));
  case element_type::BOOL:
    return bool(element);
  case element_type::NULL_VALUE:
    break;
  }
  return nullptr;
}

// simdjson's DOM doesn't tell where a document is wrong, so the text is read again by a parser that
// does.
std::string place_of_fault(std::string_view text) {
  boost::json::stream_parser parser;
  boost::json::error_code code;
  auto offset = parser.write_some(text.data(), text.size(), code);
  auto before = text.substr(0, std::min(offset, text.size()));
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  auto line_start = before.rfind('\n');
  auto column = 1 + before.size() - (line_start == before.npos ? 0 : line_start + 1);
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

[[noreturn]] void wrong_type(std::string_view key, std::string_view wanted) {
  throw failure{"cannot read request: \"" + std::string{key} + "\" must be " + std::string{wanted}};
}

const value* find(const object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && !found->is_null() ? found : nullptr;
}

} // namespace

value parse(std::string_view text) {
  simdjson::dom::parser parser;
  auto code = parser.allocate(std::max<std::size_t>(text.size(), 64), limits::json_depth);
  simdjson::dom::element root;
  if (!code)
    code = parser.parse(text.data(), text.size()).get(root);
  if (code)
    throw failure{"cannot read JSON: " + place_of_fault(text) + ": " + simdjson::error_message(code)};
  return convert(root);
}

object parse_object(std::string_view text) {
  auto document = parse(text);
  if (!document.is_object())
    throw failure{"cannot read JSON: it must be an object"};
  return std::move(document.get_object());
}

std::string write(const value& document) { return boost::json::serialize(document); }

std::string string_or(const object& from, std::string_view key, std::string_view fallback) {
  const auto* found = find(from, key);
  if (!found)
    return std::string{fallback};
  if (!found->is_string())
    wrong_type(key, "a string");
  return std::string{found->get_string()};
}

bool bool_or(const object& from, std::string_view key, bool fallback) {
  const auto* found = find(from, key);
  if (!found)
    return fallback;
  if (!found->is_bool())
    wrong_type(key, "true or false");
  return found->get_bool();
}

std::int64_t int_or(const object& from, std::string_view key, std::int64_t fallback) {
  const auto* found = find(from, key);
  if (!found)
    return fallback;
  boost::json::error_code code;
  auto number = found->to_number<std::int64_t>(code);
  if (code)
    wrong_type(key, "a whole number");
  return number;
}

object object_or(const object& from, std::string_view key) {
  const auto* found = find(from, key);
  if (found && !found->is_object())
    wrong_type(key, "an object");
  return found ? found->get_object() : object{};
}

std::vector<std::string> strings(const object& from, std::string_view key) {
  std::vector<std::string> result;
  const auto* found = find(from, key);
  if (!found)
    return result;
  if (!found->is_array())
    wrong_type(key, "a list of strings");
  for (const auto& item : found->get_array()) {
    if (!item.is_string())
      wrong_type(key, "a list of strings");
    result.emplace_back(item.get_string());
  }
  return result;
}

} // namespace troupe::json
