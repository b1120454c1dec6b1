#include "runtime/rules/rule_values.hpp"

namespace troupe {

std::string text_at(const json::value& value, const rule_place& place) {
  if (!value.is_string())
    place.refuse("must be a text");
  return std::string{value.get_string()};
}

bool flag_at(const json::value& value, const rule_place& place) {
  const auto text = text_at(value, place);
  if (text != "true" && text != "false")
    place.refuse("must be true or false");
  return text == "true";
}

std::vector<std::string> texts_at(const json::value& value, const rule_place& place) {
  const auto* list = value.if_array();
  if (!list)
    place.refuse("must be a list");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list->size(); ++i)
    texts.push_back(text_at((*list)[i], place.at(i)));
  return texts;
}

const json::object& map_at(const json::value& value, const rule_place& place) {
  const auto* map = value.if_object();
  if (!map)
    place.refuse("must be a map");
  return *map;
}

} // namespace troupe
