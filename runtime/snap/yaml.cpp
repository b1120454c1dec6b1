#include "runtime/snap/yaml.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>

#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/yaml_limits.hpp"

namespace troupe::yaml {

namespace {

[[noreturn]] void refuse_text(const std::string& why) { throw fault{why}; }

std::string must_be(std::string_view what, std::string_view wanted) {
  return in_quotes(what) + " must be " + std::string{wanted};
}

bool is_forbidden(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

// yaml-cpp passes broken UTF-8 on, and takes the control character 4 for the end of the text.
void check_characters(std::string_view text) {
  if (auto bad = std::ranges::find_if(text, is_forbidden); bad != text.end()) {
    auto line = 1 + std::count(text.begin(), bad, '\n');
    refuse_text("line " + std::to_string(line) + ": a control character isn't allowed");
  }
  if (!simdjson::validate_utf8(text.data(), text.size()))
    refuse_text("it isn't UTF-8 text");
}

std::optional<bool> boolean_in(std::string_view text) {
  constexpr std::array<std::string_view, 11> yes{"true", "True", "TRUE", "yes", "Yes", "YES",
                                                 "on",   "On",   "ON",   "y",   "Y"};
  constexpr std::array<std::string_view, 11> no{"false", "False", "FALSE", "no", "No", "NO",
                                                "off",   "Off",   "OFF",   "n",  "N"};
  if (std::ranges::find(yes, text) != yes.end())
    return true;
  if (std::ranges::find(no, text) != no.end())
    return false;
  return std::nullopt;
}

std::optional<json::value> number_in(const std::string& text) {
  auto unsigned_part = std::string_view{text}.substr(text.starts_with('-') || text.starts_with('+'));
  bool digit_first = !unsigned_part.empty() && unsigned_part[0] >= '0' && unsigned_part[0] <= '9';
  if (!digit_first && !(unsigned_part.size() > 1 && unsigned_part[0] == '.' && unsigned_part[1] >= '0' &&
                        unsigned_part[1] <= '9'))
    return std::nullopt;
  if (digit_first) {
    char* end = nullptr;
    errno = 0;
    // Base 0: hexadecimal after 0x and octal after 0, as in YAML 1.1.
    auto whole = std::strtoll(text.c_str(), &end, 0);
    if (!*end && !errno)
      return json::value(std::int64_t{whole});
    errno = 0;
    auto large = std::strtoull(text.c_str(), &end, 0);
    if (!*end && !errno && text[0] != '-')
      return json::value(std::uint64_t{large});
  }
  double number = 0;
  const auto* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return json::value(number);
}

json::value scalar_json(const YAML::Node& node) {
  const auto& text = node.Scalar();
  bool is_text = node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
  if (!is_text) {
    if (auto boolean = boolean_in(text))
      return *boolean;
    if (auto number = number_in(text))
      return *number;
  }
  return json::value(text);
}

json::value json_at(const YAML::Node& node, std::string_view what, std::size_t depth_left) {
  if (!depth_left)
    refuse(node, in_quotes(what) + " is nested more than " +
                     std::to_string(limits::snap_attribute_depth) + " levels deep");
  if (node.IsNull())
    return nullptr;
  if (node.IsScalar())
    return scalar_json(node);
  if (node.IsSequence()) {
    json::array result;
    for (const auto& item : node)
      result.push_back(json_at(item, what, depth_left - 1));
    return result;
  }
  json::object result;
  for (const auto& [key, value] : map_of(node, what))
    result.emplace(key, json_at(value, what, depth_left - 1));
  return result;
}

bool is_variable_name(std::string_view name) {
  auto allowed = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, allowed);
}

} // namespace

YAML::Node load(std::string_view text) {
  if (text.size() > limits::snap_yaml_bytes)
    refuse_text("it is larger than " + std::to_string(limits::snap_yaml_bytes) + " bytes");
  check_characters(text);
  std::string copy{text};
  try {
    std::istringstream stream{copy};
    limit_checker checker;
    YAML::Parser{stream}.HandleNextDocument(checker);
    return YAML::Load(copy);
  } catch (const YAML::Exception& fault) {
    // yaml-cpp's message may hold a single byte of a character, or a control character.
    refuse_text((fault.mark.is_null() ? "" : "line " + std::to_string(fault.mark.line + 1) + ": ") +
                as_one_line(fault.msg));
  }
}

void refuse(const YAML::Node& at, const std::string& why) {
  auto mark = at.Mark();
  refuse_text((mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ") + why);
}

members map_of(const YAML::Node& node, std::string_view what) {
  members result;
  if (node.IsNull())
    return result;
  if (!node.IsMap())
    refuse(node, must_be(what, "a map"));
  std::set<std::string> seen;
  for (const auto& member : node) {
    if (!member.first.IsScalar())
      refuse(member.first, "a key of " + must_be(what, "text"));
    const auto& key = member.first.Scalar();
    if (key == "<<")
      refuse(member.first, "merge keys (<<) aren't supported");
    if (!seen.insert(key).second)
      refuse(member.first, in_quotes(key) + " stands twice in " + in_quotes(what));
    result.emplace_back(key, member.second);
  }
  return result;
}

std::string text_of(const YAML::Node& node, std::string_view what) {
  if (node.IsNull())
    return {};
  if (!node.IsScalar())
    refuse(node, must_be(what, "text"));
  return node.Scalar();
}

std::vector<std::string> texts_of(const YAML::Node& node, std::string_view what) {
  std::vector<std::string> result;
  if (node.IsNull())
    return result;
  if (!node.IsSequence())
    refuse(node, must_be(what, "a list"));
  for (const auto& item : node) {
    if (!item.IsScalar())
      refuse(item, "an item of " + must_be(what, "text"));
    result.push_back(item.Scalar());
  }
  return result;
}

std::map<std::string, std::string> environment_of(const YAML::Node& node, std::string_view what) {
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : map_of(node, what)) {
    if (!is_variable_name(name))
      refuse(value, in_quotes(name) + " can't name a variable of " + in_quotes(what));
    result.emplace(name, text_of(value, name));
  }
  if (result.size() > limits::snap_environment_variables)
    refuse(node, in_quotes(what) + " has more than " +
                     std::to_string(limits::snap_environment_variables) + " variables");
  return result;
}

json::value json_of(const YAML::Node& node, std::string_view what) {
  return json_at(node, what, limits::snap_attribute_depth);
}

} // namespace troupe::yaml
