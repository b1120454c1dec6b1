#include "runtime/store/stores_file.hpp"

#include <algorithm>
#include <set>

#include "runtime/host/small_file.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/yaml.hpp"
#include "runtime/store/http_store.hpp"

namespace troupe {

namespace {

void check_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (name.empty() || name.size() > limits::store_name_bytes || !std::ranges::all_of(name, allowed))
    throw failure{"the name " + in_quotes(name) + " must be 1 to " +
                  std::to_string(limits::store_name_bytes) + " letters, digits and dashes"};
}

void check_location(const std::string& location) {
  if (location.starts_with('/'))
    return;
  try {
    check_store_url(location);
  } catch (const failure& fault) {
    throw failure{"the location " + in_quotes(location) + " is wrong: " + fault.what()};
  }
}

void take(store_settings& store, const std::string& key, const YAML::Node& value) {
  auto text = yaml::text_of(value, key);
  if (key == "name") {
    yaml::at_line(value, [&] { check_name(text); });
    store.name = text;
  } else if (key == "location") {
    yaml::at_line(value, [&] { check_location(text); });
    store.location = text;
  } else if (key == "key") {
    yaml::at_line(value, [&] { store.key = minisign::public_key_from(text); });
  } else if (key == "trust") {
    if (text != "none")
      yaml::refuse(value,
                   "\"trust\" can only be none, which takes the store's index without a signature");
    store.is_trusted_unsigned = true;
  } else {
    yaml::refuse(value, "unknown key " + in_quotes(key) + "; a store has name, location, key and trust");
  }
}

store_settings store_in(const YAML::Node& node) {
  store_settings store;
  for (const auto& [key, value] : yaml::map_of(node, "a store"))
    take(store, key, value);
  if (store.name.empty())
    yaml::refuse(node, "a store needs a \"name\"");
  if (store.location.empty())
    yaml::refuse(node, "store \"" + store.name + "\" needs a \"location\", a directory or a URL");
  if (store.key && store.is_trusted_unsigned)
    yaml::refuse(node, "store \"" + store.name + "\" can't have both a \"key\" and \"trust: none\"");
  return store;
}

std::vector<store_settings> stores_in(const YAML::Node& node) {
  std::vector<store_settings> result;
  if (node.IsNull())
    return result;
  if (!node.IsSequence())
    yaml::refuse(node, "it must be a list of stores, each with a name and a location");
  std::set<std::string> names;
  for (const auto& item : node) {
    result.push_back(store_in(item));
    if (!names.insert(result.back().name).second)
      yaml::refuse(item, "a store \"" + result.back().name + "\" is there already");
    if (result.size() > limits::stores)
      yaml::refuse(item, "there are more than " + std::to_string(limits::stores) + " stores");
  }
  return result;
}

} // namespace

std::vector<store_settings> load_stores(const std::filesystem::path& file) {
  auto text = read_if_there(file, limits::snap_yaml_bytes);
  if (!text)
    return {};
  try {
    return stores_in(yaml::load(*text));
  } catch (const yaml::fault& fault) {
    throw failure{"cannot read " + in_quotes(file.native()) + ": " + fault.why()};
  }
}

} // namespace troupe
