#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/json/json.hpp"

/// What goes to the terminal, and how it looks there.
namespace troupe::cli {

/// Rows of text in columns as wide as their widest cell.
class table {
public:
  explicit table(std::vector<std::string> header) : rows_{std::move(header)} {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void print(std::ostream& out) const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// Colours of one output stream: none unless it is a terminal, and none with NO_COLOR or TERM=dumb.
/// Source: no-color.org.
class colours {
public:
  explicit colours(int descriptor);

  std::string bold(std::string_view text) const { return wrapped("1", text); }
  std::string faint(std::string_view text) const { return wrapped("2", text); }
  std::string red(std::string_view text) const { return wrapped("31", text); }

private:
  std::string wrapped(std::string_view code, std::string_view text) const;

  bool on_;
};

/// Replaces characters that a terminal would obey instead of showing; keeps line ends.
/// Texts of a snap may hold anything.
std::string printable(std::string_view text);

/// How many columns a text takes, counted in code points.
std::size_t width(std::string_view text);

/// The text cut to so many columns.
std::string clipped(std::string_view text, std::size_t columns);

/// Writes an RFC 3339 time for people: "today at 10:30 UTC", in the local time zone; "-" for none.
/// An absolute one is written as it came.
std::string human_time(std::string_view rfc3339, bool absolute = false);

/// Writes a size for people: "4kB", in powers of 1000.
std::string human_size(std::uint64_t bytes);

/// The text, or "-" where it is empty.
std::string or_dash(std::string_view text);

/// The string under a key, made printable; empty where there is none. Never throws, so that one odd
/// field of an answer hides no other.
std::string text_of(const json::object& from, std::string_view key);
bool flag_of(const json::object& from, std::string_view key);
std::uint64_t number_of(const json::object& from, std::string_view key);

/// The array or object under a key, or an empty one.
const json::array& array_of(const json::object& from, std::string_view key);
const json::object& object_of(const json::object& from, std::string_view key);

/// The value as an object, or an empty one.
const json::object& as_object(const json::value& value);
const json::array& as_array(const json::value& value);

/// Prints one document and a line end to the standard output.
void print_json(const json::value& document);

} // namespace troupe::cli
