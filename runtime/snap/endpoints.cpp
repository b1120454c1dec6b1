#include "runtime/snap/endpoints.hpp"

#include <algorithm>

#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/yaml.hpp"

namespace troupe {

namespace {

std::string_view word(endpoint_side side) { return side == endpoint_side::plug ? "plug" : "slot"; }
std::string_view key(endpoint_side side) { return side == endpoint_side::plug ? "plugs" : "slots"; }

void check_name(endpoint_side side, std::string_view name) {
  if (side == endpoint_side::plug)
    check_plug_name(name);
  else
    check_slot_name(name);
}

void read_attributes(const YAML::Node& node, const std::string& what, endpoint_info& endpoint) {
  json::object attributes;
  for (const auto& [name, value] : yaml::map_of(node, what)) {
    if (name.starts_with('$'))
      yaml::refuse(value, what + " uses reserved attribute " + in_quotes(name));
    if (name == "interface")
      endpoint.interface = yaml::text_of(value, name);
    else if (name == "label")
      endpoint.label = yaml::text_of(value, name);
    else
      attributes.emplace(name, yaml::json_of(value, name));
  }
  endpoint.attributes = json::write(attributes);
}

endpoint_info parse_endpoint(const std::string& name, const YAML::Node& node, endpoint_side side) {
  auto what = std::string{word(side)} + " " + in_quotes(name);
  endpoint_info result{.name = name, .interface = name, .label = {}, .attributes = "{}"};
  if (node.IsScalar())
    result.interface = node.Scalar();
  else if (node.IsMap())
    read_attributes(node, what, result);
  else if (!node.IsNull())
    yaml::refuse(node, what + " must be nothing, an interface's name or a map");
  yaml::at_line(node, [&] { check_interface_name(result.interface); });
  return result;
}

void add_implied(std::vector<endpoint_info>& declared, const std::vector<std::string>& used) {
  for (const auto& name : used) {
    auto place = std::ranges::lower_bound(declared, name, {}, &endpoint_info::name);
    if (place == declared.end() || place->name != name)
      declared.insert(place, {.name = name, .interface = name, .label = {}, .attributes = "{}"});
  }
}

} // namespace

std::vector<endpoint_info> parse_endpoints(const YAML::Node& node, endpoint_side side) {
  std::vector<endpoint_info> result;
  for (const auto& [name, value] : yaml::map_of(node, key(side))) {
    yaml::at_line(value, [&] { check_name(side, name); });
    result.push_back(parse_endpoint(name, value, side));
  }
  std::ranges::sort(result, {}, &endpoint_info::name);
  return result;
}

std::vector<std::string> parse_endpoint_names(const YAML::Node& node, endpoint_side side) {
  auto names = yaml::texts_of(node, key(side));
  for (const auto& name : names)
    yaml::at_line(node, [&] { check_name(side, name); });
  return names;
}

void add_implied_endpoints(snap_info& info) {
  for (const auto& app : info.apps) {
    add_implied(info.plugs, app.plugs);
    add_implied(info.slots, app.slots);
  }
  for (const auto& hook : info.hooks) {
    add_implied(info.plugs, hook.plugs);
    add_implied(info.slots, hook.slots);
  }
}

} // namespace troupe
