#include "runtime/snap/epoch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "runtime/snap/quote.hpp"
#include "runtime/snap/yaml.hpp"

namespace troupe {

namespace {

constexpr std::size_t longest_list = 10;

[[noreturn]] void no(const YAML::Node& at, const std::string& why) {
  yaml::refuse(at, "invalid epoch: " + why);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number in the digits of what is written.
std::uint32_t number_in(const YAML::Node& at, std::string_view digits, std::string_view written) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit))
    no(at, in_quotes(written) + " isn't a decimal number");
  if (digits.size() > 1 && digits.front() == '0')
    no(at, in_quotes(written) + " has a leading zero");
  std::uint32_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc{})
    no(at, in_quotes(written) + " isn't below 4294967296");
  return number;
}

epoch short_form(const YAML::Node& node) {
  std::string_view text = node.Scalar();
  if (text.empty())
    return {};
  bool starred = text.ends_with('*');
  auto number = number_in(node, text.substr(0, text.size() - starred), text);
  if (!starred)
    return {{number}, {number}};
  if (number == 0)
    no(node, "\"0*\" has no predecessor to read");
  return {{number - 1, number}, {number}};
}

std::vector<std::uint32_t> number_list(const YAML::Node& node, std::string_view key) {
  auto where = in_quotes(key);
  if (!node.IsSequence())
    no(node, where + " must be a list of numbers");
  if (node.size() == 0)
    no(node, where + " can't be an empty list");
  if (node.size() > longest_list)
    no(node, where + " has more than " + std::to_string(longest_list) + " numbers");
  std::vector<std::uint32_t> result;
  for (const auto& item : node) {
    if (!item.IsScalar())
      no(item, where + " must hold nothing but numbers");
    result.push_back(number_in(item, item.Scalar(), item.Scalar()));
  }
  if (std::ranges::adjacent_find(result, std::greater_equal{}) != result.end())
    no(node, where + " must increase from number to number");
  return result;
}

} // namespace

epoch parse_epoch(const YAML::Node& node) {
  if (node.IsNull())
    return {};
  if (node.IsScalar())
    return short_form(node);
  if (!node.IsMap())
    no(node, "it must be a number, a number with a star, or a map with \"read\" and \"write\"");
  std::optional<std::vector<std::uint32_t>> read;
  std::optional<std::vector<std::uint32_t>> write;
  for (const auto& [key, value] : yaml::map_of(node, "epoch")) {
    if (value.IsNull())
      continue;
    if (key == "read")
      read = number_list(value, key);
    else if (key == "write")
      write = number_list(value, key);
  }
  if (!read && !write)
    return {};
  if (!write)
    write = std::vector{read->back()};
  if (!read)
    read = write;
  auto is_read = [&](std::uint32_t number) { return std::ranges::binary_search(*read, number); };
  if (std::ranges::none_of(*write, is_read))
    no(node, "it reads nothing of what it writes");
  return {std::move(*read), std::move(*write)};
}

} // namespace troupe
