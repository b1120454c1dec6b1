#include "runtime/rules/declaration.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// Source: the assertion types snap-declaration and base-declaration.
constexpr std::array<std::string_view, 16> passed_over{"type",
                                                       "format",
                                                       "authority-id",
                                                       "revision",
                                                       "series",
                                                       "snap-name",
                                                       "publisher",
                                                       "timestamp",
                                                       "aliases",
                                                       "auto-aliases",
                                                       "refresh-control",
                                                       "sign-key-sha3-384",
                                                       "revision-authority",
                                                       "body-length",
                                                       "body",
                                                       "signature"};

std::map<std::string, interface_rule> rules_in(const json::object& headers, rule_side side) {
  const auto key = std::string{to_word(side)} + "s";
  std::map<std::string, interface_rule> rules;
  const auto found = headers.find(key);
  if (found == headers.end() || found->value().is_null())
    return rules;
  const auto place = rule_place{}.at(key);
  const auto* map = found->value().if_object();
  if (!map)
    place.refuse("must be a map of interfaces");
  for (const auto& [interface, rule] : *map)
    rules.emplace(std::string{interface}, interface_rule{side, rule, place.at(interface)});
  return rules;
}

std::string text_in(const json::object& headers, std::string_view key) {
  const auto found = headers.find(key);
  if (found == headers.end() || found->value().is_null())
    return {};
  const auto text = scalar_text(found->value());
  if (!text)
    rule_place{}.at(key).refuse("must be a text");
  return *text;
}

} // namespace

declaration declaration_from(const json::object& headers) {
  for (const auto& [name, value] : headers) {
    const std::string_view key{name};
    const auto is_read = key == "snap-id" || key == "publisher-id" || key == "plugs" || key == "slots";
    if (!is_read && std::ranges::find(passed_over, key) == passed_over.end())
      rule_place{}.at(key).refuse(
          "isn't a header of a declaration; there are snap-id, publisher-id, plugs and slots");
  }
  return {text_in(headers, "snap-id"), text_in(headers, "publisher-id"),
          rules_in(headers, rule_side::plug), rules_in(headers, rule_side::slot)};
}

} // namespace troupe
