#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

/// JSON text in (by simdjson) and out (by Boost.JSON). Source: RFC 8259.
namespace troupe::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// Reads one JSON document, UTF-8, nested at most limits::json_depth deep.
/// Throws failure with the line and column of the first fault.
value parse(std::string_view text);

/// As parse, for text that has to be an object.
object parse_object(std::string_view text);

/// Writes a document without white space.
std::string write(const value& document);

/// The string under a key, or the fallback where it is absent or null. Throws failure where it is
/// something else; so do the others.
std::string string_or(const object& from, std::string_view key, std::string_view fallback = {});
bool bool_or(const object& from, std::string_view key, bool fallback = false);
std::int64_t int_or(const object& from, std::string_view key, std::int64_t fallback = 0);

/// The object under a key; an empty one where there is none.
object object_or(const object& from, std::string_view key);

/// The strings of the array under a key; empty where it is absent or null.
std::vector<std::string> strings(const object& from, std::string_view key);

} // namespace troupe::json
