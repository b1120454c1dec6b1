#include "runtime/snap/snap_yaml.hpp"

#include <algorithm>

#include "runtime/snap/apps.hpp"
#include "runtime/snap/endpoints.hpp"
#include "runtime/snap/epoch.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/words.hpp"
#include "runtime/snap/yaml.hpp"

namespace troupe {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_lower_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

std::string version_in(const YAML::Node& node) {
  auto version = yaml::text_of(node, "version");
  auto no = [&](std::string_view why) {
    yaml::refuse(node, "invalid snap version: " + in_quotes(version) + ": " + std::string{why});
  };
  if (version.empty() || version.size() > 32)
    no("it must be 1 to 32 characters long");
  auto allowed = [](char c) {
    return is_letter_or_digit(c) || std::string_view{":.+~-"}.find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(version, allowed))
    no("it may hold only letters, digits and :.+~-");
  if (!is_letter_or_digit(version.front()))
    no("it must begin with a letter or digit");
  if (char last = version.back(); !is_letter_or_digit(last) && last != '+' && last != '~')
    no("it can't end with one of :.-");
  return version;
}

snap_type type_in(const YAML::Node& node) {
  auto word = yaml::text_of(node, "type");
  if (word.empty())
    return snap_type::app;
  auto type = snap_type_from_word(word);
  if (!type)
    yaml::refuse(node, "invalid snap type: " + in_quotes(word) +
                           ": it must be one of app, base, os, core, kernel, gadget, snapd");
  return *type;
}

confinement confinement_in(const YAML::Node& node) {
  auto word = yaml::text_of(node, "confinement");
  if (word.empty())
    return confinement::strict;
  auto kind = confinement_from_word(word);
  if (!kind)
    yaml::refuse(node, "invalid confinement: " + in_quotes(word) +
                           ": it must be one of strict, devmode, classic");
  return *kind;
}

std::string bounded_text(const YAML::Node& node, std::string_view key, std::size_t most) {
  auto text = yaml::text_of(node, key);
  auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  if (static_cast<std::size_t>(std::ranges::count_if(text, starts_character)) > most)
    yaml::refuse(node, in_quotes(key) + " is longer than " + std::to_string(most) + " characters");
  return text;
}

std::vector<std::string> architectures_in(const YAML::Node& node) {
  auto result = yaml::texts_of(node, "architectures");
  for (const auto& word : result)
    if (word.empty() || word.size() > 32 || !std::ranges::all_of(word, is_lower_or_digit))
      yaml::refuse(node, "invalid architecture: " + in_quotes(word));
  return result;
}

std::string pending_behavior_in(const YAML::Node& node, const std::string& key) {
  auto word = yaml::text_of(node, key);
  if (!word.empty() && word != "block" && word != "allow")
    yaml::refuse(node, in_quotes(key) + " can't be " + in_quotes(word) + ", only block or allow");
  return word;
}

std::string base_in(const YAML::Node& node) {
  auto base = yaml::text_of(node, "base");
  if (!base.empty() && base != "none")
    yaml::at_line(node, [&] {
      try {
        check_snap_name(base);
      } catch (const failure& fault) {
        throw failure{"invalid base: " + std::string{fault.what()}};
      }
    });
  return base;
}

void read_key(snap_info& info, const std::string& key, const YAML::Node& value) {
  if (key == "name") {
    info.name = yaml::text_of(value, key);
    yaml::at_line(value, [&] { check_snap_name(info.name); });
  } else if (key == "version") {
    info.version = version_in(value);
  } else if (key == "type") {
    info.type = type_in(value);
  } else if (key == "base") {
    info.base = base_in(value);
  } else if (key == "title") {
    info.title = bounded_text(value, key, 40);
  } else if (key == "summary") {
    info.summary = bounded_text(value, key, 128);
  } else if (key == "description") {
    info.description = bounded_text(value, key, 4096);
  } else if (key == "license") {
    info.license = bounded_text(value, key, 4096);
  } else if (key == "confinement") {
    info.confinement = confinement_in(value);
  } else if (key == "grade") {
    info.grade = bounded_text(value, key, 40);
  } else if (key == "epoch") {
    info.epoch = parse_epoch(value);
  } else if (key == "architectures") {
    info.architectures = architectures_in(value);
  } else if (key == "assumes") {
    info.assumes = yaml::texts_of(value, key);
  } else if (key == "environment") {
    info.environment = yaml::environment_of(value, key);
  } else if (key == "apps") {
    info.apps = parse_apps(value);
  } else if (key == "hooks") {
    info.hooks = parse_hooks(value);
  } else if (key == "plugs") {
    info.plugs = parse_endpoints(value, endpoint_side::plug);
  } else if (key == "slots") {
    info.slots = parse_endpoints(value, endpoint_side::slot);
  } else if (key == "refresh-pending-behavior") {
    info.refresh_pending_behavior = pending_behavior_in(value, key);
  }
}

/// What no key alone can show.
void check_whole(const snap_info& info, const YAML::Node& root) {
  if (info.name.empty())
    yaml::refuse(root, "\"name\" is missing");
  if (info.version.empty())
    yaml::refuse(root, "\"version\" is missing");
  bool is_base = info.type == snap_type::os || info.type == snap_type::base;
  if (is_base && !info.base.empty() && info.base != "none")
    yaml::refuse(root, "a snap of type " + std::string{to_word(info.type)} + " can't have a base");
  if (info.base == info.name)
    yaml::refuse(root, "a snap can't be its own base");
  for (const auto& plug : info.plugs)
    if (std::ranges::binary_search(info.slots, plug.name, {}, &endpoint_info::name))
      yaml::refuse(root, "a plug and a slot can't have the same name: " + in_quotes(plug.name));
}

} // namespace

snap_info parse_snap_yaml(std::string_view text) {
  auto root = yaml::load(text);
  snap_info info;
  for (const auto& [key, value] : yaml::map_of(root, "snap.yaml"))
    read_key(info, key, value);
  add_implied_endpoints(info);
  check_whole(info, root);
  return info;
}

} // namespace troupe
