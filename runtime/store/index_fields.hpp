#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/json/json.hpp"

namespace troupe {

/// Reads an object of an index. What it throws says where the object is, and which field is wrong.
class index_fields {
public:
  index_fields(const json::object& from, std::string where) : from_{from}, where_{std::move(where)} {}

  [[noreturn]] void refuse(const std::string& why) const;
  [[noreturn]] void refuse(std::string_view key, const std::string& why) const;

  /// A string of at most limits::store_text_bytes, without control characters; empty where it is absent.
  std::string text(std::string_view key) const;

  /// A whole number within bounds, both included.
  std::uint64_t number(std::string_view key, std::uint64_t least, std::uint64_t most) const;

  /// True or false; false where it is absent.
  bool flag(std::string_view key) const;

  /// A list of at most `most` items.
  const json::array& list(std::string_view key, std::size_t most) const;

  /// An object; an empty one where it is absent.
  const json::object& object(std::string_view key) const;

  /// An item of a list as an object.
  const json::object& as_object(std::string_view key, const json::value& item) const;

  const json::object& all() const { return from_; }
  const std::string& where() const { return where_; }

private:
  const json::object& from_;
  std::string where_;
};

} // namespace troupe
