#include "runtime/rules/attribute_rule.hpp"

#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/rules/config_edit.hpp"
#include "runtime/rules/regular_expression.hpp"

namespace troupe {

namespace {

using node = attribute_rule::node;
using node_ptr = std::shared_ptr<const node>;
using mismatch_text = std::optional<std::string>;

struct all_of {
  std::map<std::string, node_ptr> entries;
};
struct any_of {
  std::vector<node_ptr> alternatives;
};
struct matching {
  regular_expression text;
};
struct equal_to {
  bool is_of_slot = false;
  std::string path;
};
struct missing {};
struct publisher {
  bool is_of_slot = false;
};

} // namespace

struct attribute_rule::node {
  std::variant<all_of, any_of, matching, equal_to, missing, publisher> what;
};

namespace {

node_ptr make(auto what) { return std::make_shared<const node>(node{std::move(what)}); }

node_ptr parse_word(const std::string& word, const rule_place& place) {
  if (word == "$MISSING")
    return make(missing{});
  if (word == "$PLUG_PUBLISHER_ID" || word == "$SLOT_PUBLISHER_ID")
    return make(publisher{word.starts_with("$SLOT")});
  for (const auto* side : {"$PLUG(", "$SLOT("})
    if (word.starts_with(side) && word.ends_with(")")) {
      auto path = word.substr(6, word.size() - 7);
      if (path.empty() || path.find_first_of("() \t") != path.npos)
        place.refuse(in_marks(word) + " names no attribute");
      return make(equal_to{word[1] == 'S', std::move(path)});
    }
  place.refuse(
      in_marks(word) +
      " isn't known; there are $SLOT(attribute), $PLUG(attribute), $MISSING, $PLUG_PUBLISHER_ID "
      "and $SLOT_PUBLISHER_ID, and a dollar that is meant is \\$");
}

/// `is_in_map`: a text says something only of an attribute. `is_alternative`: lists don't nest directly.
node_ptr parse(const json::value& wanted, const rule_place& place, bool is_in_map, bool is_alternative) {
  if (const auto* map = wanted.if_object()) {
    if (map->empty())
      place.refuse("must name at least one attribute");
    all_of result;
    for (const auto& [key, value] : *map)
      result.entries.emplace(key, parse(value, place.at(key), true, false));
    return make(std::move(result));
  }
  if (const auto* list = wanted.if_array()) {
    if (is_alternative)
      place.refuse("alternatives can't be alternatives themselves");
    if (list->empty())
      place.refuse("must have at least one alternative");
    any_of result;
    for (std::size_t i = 0; i < list->size(); ++i)
      result.alternatives.push_back(parse((*list)[i], place.at(i), is_in_map, true));
    return make(std::move(result));
  }
  const auto text = scalar_text(wanted);
  if (!text || !is_in_map)
    place.refuse(is_in_map ? "must be a map, a list of alternatives or a regular expression"
                           : "must be a map of attributes or a list of such maps");
  if (text->starts_with('$'))
    return parse_word(*text, place);
  return make(matching{regular_expression{*text, place}});
}

/// A value's text, as regular expressions see it.
std::optional<std::string> matched_text(const json::value& value) {
  return value.is_double() ? std::nullopt : scalar_text(value);
}

class matcher {
public:
  matcher(std::string_view side, const attribute_context* context) : side_{side}, context_{context} {}

  mismatch_text match(const node& wanted, const std::string& path, const json::value& value) const {
    const auto is_each = !std::holds_alternative<equal_to>(wanted.what) &&
                         !std::holds_alternative<publisher>(wanted.what) &&
                         !std::holds_alternative<missing>(wanted.what);
    if (const auto* list = value.if_array(); list && is_each) {
      for (std::size_t i = 0; i < list->size(); ++i)
        if (auto why = match(wanted, path + "[" + std::to_string(i + 1) + "]", (*list)[i]))
          return why;
      return std::nullopt;
    }
    return std::visit([&](const auto& what) { return match_one(what, path, value); }, wanted.what);
  }

  mismatch_text match_entry(const node& wanted, const std::string& path,
                            const json::value* value) const {
    const auto is_set = value && !value->is_null();
    if (std::holds_alternative<missing>(wanted.what))
      return is_set ? mismatch_text{subject(path) + " is set"} : std::nullopt;
    if (!is_set)
      return subject(path) + " isn't set";
    return match(wanted, path, *value);
  }

private:
  std::string subject(const std::string& path) const {
    return std::string{side_} + " attribute " + in_marks(path);
  }

  mismatch_text match_one(const all_of& wanted, const std::string& path,
                          const json::value& value) const {
    const auto* map = value.if_object();
    if (!map)
      return subject(path) + " isn't a map";
    for (const auto& [key, entry] : wanted.entries) {
      const auto found = map->find(key);
      if (auto why =
              match_entry(*entry, path + "." + key, found == map->end() ? nullptr : &found->value()))
        return why;
    }
    return std::nullopt;
  }
  mismatch_text match_one(const any_of& wanted, const std::string& path,
                          const json::value& value) const {
    mismatch_text first;
    for (const auto& alternative : wanted.alternatives) {
      auto why = match_entry(*alternative, path, &value);
      if (!why)
        return std::nullopt;
      if (!first)
        first = std::move(why);
    }
    return "no alternative matches: " + *first;
  }
  mismatch_text match_one(const matching& wanted, const std::string& path,
                          const json::value& value) const {
    const auto text = matched_text(value);
    if (!text)
      return subject(path) + " is neither text, a whole number, true or false, nor a list of these";
    if (!wanted.text.matches(*text))
      return subject(path) + " is " + in_marks(*text) + ", not " + wanted.text.text();
    return std::nullopt;
  }
  mismatch_text match_one(const equal_to& wanted, const std::string& path,
                          const json::value& value) const {
    const std::string side = wanted.is_of_slot ? "slot" : "plug";
    const auto* other =
        context_ ? find_value(wanted.is_of_slot ? context_->slot : context_->plug, wanted.path)
                 : nullptr;
    if (!other)
      return subject(path) + " is to be like " + side + " attribute " + in_marks(wanted.path) +
             (context_ ? ", which isn't set" : ", and there is no " + side + " yet");
    if (*other != value)
      return subject(path) + " isn't like " + side + " attribute " + in_marks(wanted.path);
    return std::nullopt;
  }
  mismatch_text match_one(const publisher& wanted, const std::string& path,
                          const json::value& value) const {
    const auto id = !context_           ? std::string{}
                    : wanted.is_of_slot ? context_->slot_publisher
                                        : context_->plug_publisher;
    const auto* text = value.if_string();
    if (id.empty() || !text || *text != id)
      return subject(path) + " isn't the " + (wanted.is_of_slot ? "slot" : "plug") + "'s publisher";
    return std::nullopt;
  }
  mismatch_text match_one(const missing&, const std::string& path, const json::value&) const {
    return subject(path) + " is set";
  }

  std::string_view side_;
  const attribute_context* context_;
};

} // namespace

attribute_rule::attribute_rule(const json::value& wanted, const rule_place& place)
    : wanted_{parse(wanted, place, false, false)} {}

std::optional<std::string> attribute_rule::mismatch(const json::object& attributes,
                                                    std::string_view side,
                                                    const attribute_context* context) const {
  const matcher match{side, context};
  // Attributes are reached by paths at the top.
  const auto all = [&](const node& wanted) -> mismatch_text {
    for (const auto& [path, entry] : std::get<all_of>(wanted.what).entries)
      if (auto why = match.match_entry(*entry, path, find_value(attributes, path)))
        return why;
    return std::nullopt;
  };
  const auto* alternatives = std::get_if<any_of>(&wanted_->what);
  if (!alternatives)
    return all(*wanted_);
  mismatch_text first;
  for (const auto& alternative : alternatives->alternatives) {
    auto why = all(*alternative);
    if (!why)
      return std::nullopt;
    if (!first)
      first = std::move(why);
  }
  return "no alternative matches: " + *first;
}

std::optional<std::string> scalar_text(const json::value& from) {
  if (const auto* text = from.if_string())
    return std::string{*text};
  if (const auto* flag = from.if_bool())
    return *flag ? "true" : "false";
  if (from.is_number())
    return json::write(from);
  return std::nullopt;
}

} // namespace troupe
