#include "runtime/store/index_fields.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

} // namespace

void index_fields::refuse(const std::string& why) const { throw failure{where_ + why}; }

void index_fields::refuse(std::string_view key, const std::string& why) const {
  refuse(in_quotes(key) + ' ' + why);
}

std::string index_fields::text(std::string_view key) const {
  const auto* found = from_.if_contains(key);
  if (!found)
    return {};
  if (!found->is_string())
    refuse(key, "must be text");
  std::string result{found->get_string()};
  if (result.size() > limits::store_text_bytes)
    refuse(key, "is longer than " + std::to_string(limits::store_text_bytes) + " bytes");
  if (std::ranges::any_of(result, is_control))
    refuse(key, "holds a control character");
  return result;
}

std::uint64_t index_fields::number(std::string_view key, std::uint64_t least, std::uint64_t most) const {
  const auto* found = from_.if_contains(key);
  boost::json::error_code code;
  auto result = found ? found->to_number<std::uint64_t>(code) : 0;
  if (!found || code || result < least || result > most)
    refuse(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return result;
}

bool index_fields::flag(std::string_view key) const {
  const auto* found = from_.if_contains(key);
  if (!found)
    return false;
  if (!found->is_bool())
    refuse(key, "must be true or false");
  return found->get_bool();
}

const json::array& index_fields::list(std::string_view key, std::size_t most) const {
  const auto* found = from_.if_contains(key);
  if (!found || !found->is_array())
    refuse(key, "must be a list");
  if (found->get_array().size() > most)
    refuse(key, "has more than " + std::to_string(most) + " items");
  return found->get_array();
}

const json::object& index_fields::object(std::string_view key) const {
  static const json::object none;
  const auto* found = from_.if_contains(key);
  if (!found)
    return none;
  return as_object(key, *found);
}

const json::object& index_fields::as_object(std::string_view key, const json::value& item) const {
  if (!item.is_object())
    refuse(key, "must be an object, or hold objects");
  return item.get_object();
}

} // namespace troupe
