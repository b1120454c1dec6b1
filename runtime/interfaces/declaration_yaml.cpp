#include "runtime/interfaces/declaration_yaml.hpp"

#include <map>

#include "runtime/snap/yaml.hpp"

namespace troupe {

namespace {

/// Headers as JSON, with the line in which each part stands.
class headers_reader {
public:
  json::object read(const YAML::Node& root) {
    json::object headers;
    for (const auto& [key, value] : yaml::map_of(root, "the declaration")) {
      const auto place = rule_place{}.at(key);
      note(place, value);
      headers.emplace(key, json_of(value, place));
    }
    return headers;
  }

  /// 0: unknown.
  int line_of(const std::string& path) const {
    const auto found = lines_.find(path);
    return found == lines_.end() ? 0 : found->second;
  }

private:
  void note(const rule_place& place, const YAML::Node& node) {
    if (const auto mark = node.Mark(); !mark.is_null())
      lines_.emplace(place.path(), mark.line + 1);
  }

  // Scalars stay as they are written, as in an assertion.
  json::value json_of(const YAML::Node& node, const rule_place& place) {
    if (node.IsNull())
      return nullptr;
    if (node.IsScalar())
      return json::value(node.Scalar());
    if (node.IsSequence()) {
      json::array list;
      for (std::size_t i = 0; i < node.size(); ++i) {
        note(place.at(i), node[i]);
        list.push_back(json_of(node[i], place.at(i)));
      }
      return list;
    }
    json::object map;
    for (const auto& [key, value] : yaml::map_of(node, place.path())) {
      note(place.at(key), value);
      map.emplace(key, json_of(value, place.at(key)));
    }
    return map;
  }

  std::map<std::string, int> lines_;
};

/// Declarations are written with a bare `*`, which YAML takes for the beginning of an alias.
std::string with_quoted_stars(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    const auto last = line.find_last_not_of(" \t\r");
    const auto is_any = last != line.npos && last >= 2 && line[last] == '*' && line[last - 1] == ' ' &&
                        line.substr(0, last).find_last_not_of(' ') != line.npos &&
                        line[line.substr(0, last).find_last_not_of(' ')] == ':';
    result += is_any ? std::string{line.substr(0, last)} + "\"*\"" : std::string{line};
    if (end == text.npos)
      break;
    result += '\n';
    text.remove_prefix(end + 1);
  }
  return result;
}

} // namespace

declaration declaration_from_yaml(std::string_view text) {
  headers_reader reader;
  try {
    return declaration_from(reader.read(yaml::load(with_quoted_stars(text))));
  } catch (const yaml::fault& fault) {
    throw failure{fault.why()};
  } catch (const declaration_fault& fault) {
    const auto line = reader.line_of(fault.path());
    throw failure{(line > 0 ? "line " + std::to_string(line) + ": " : "") + fault.what()};
  }
}

json::object headers_from_yaml(std::string_view text) {
  try {
    return headers_reader{}.read(yaml::load(with_quoted_stars(text)));
  } catch (const yaml::fault& fault) {
    throw failure{fault.why()};
  }
}

} // namespace troupe
