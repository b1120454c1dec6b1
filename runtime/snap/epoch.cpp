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

std::uint32_t number_in(const YAML::Node& at, std::string_view text) {
  std::uint32_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero)
    yaml::refuse(at, "invalid epoch: " + in_quotes(text) +
                         " isn't a decimal number below 4294967296 without leading zeros");
  return number;
}

epoch short_form(const YAML::Node& node) {
  std::string_view text = node.Scalar();
  if (text.empty())
    return {};
  bool starred = text.ends_with('*');
  if (starred)
    text.remove_suffix(1);
  auto number = number_in(node, text);
  if (!starred)
    return {{number}, {number}};
  if (number == 0)
    yaml::refuse(node, "invalid epoch: \"0*\" has no predecessor to read");
  return {{number - 1, number}, {number}};
}

std::vector<std::uint32_t> number_list(const YAML::Node& node, std::string_view key) {
  std::vector<std::uint32_t> result;
  for (const auto& text : yaml::texts_of(node, key))
    result.push_back(number_in(node, text));
  auto where = "invalid epoch: " + in_quotes(key);
  if (result.empty())
    yaml::refuse(node, where + " can't be an empty list");
  if (result.size() > longest_list)
    yaml::refuse(node, where + " has more than " + std::to_string(longest_list) + " numbers");
  if (std::ranges::adjacent_find(result, std::greater_equal{}) != result.end())
    yaml::refuse(node, where + " must increase from number to number");
  return result;
}

} // namespace

epoch parse_epoch(const YAML::Node& node) {
  if (node.IsNull())
    return {};
  if (node.IsScalar())
    return short_form(node);
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
    yaml::refuse(node, "invalid epoch: it reads nothing of what it writes");
  return {std::move(*read), std::move(*write)};
}

} // namespace troupe
