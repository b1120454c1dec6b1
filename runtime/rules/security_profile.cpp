#include "runtime/rules/security_profile.hpp"

#include <algorithm>
#include <utility>

#include "runtime/rules/bound_apps.hpp"

namespace troupe {

namespace {

/// The text under a key, or those in the list there; whatever else there is grants nothing.
std::vector<std::string> texts_of(const json::object& from, const std::string& key) {
  const auto* value = from.if_contains(key);
  if (!value)
    return {};
  std::vector<std::string> texts;
  for (const auto& each : value->is_array() ? value->get_array() : json::array{*value})
    if (each.is_string())
      texts.emplace_back(each.get_string());
  return texts;
}

/// A path in a snap's own directories that names none is in the revision itself.
/// Source: the interface content, attributes `target`, `read` and `write`.
std::string in_snap(const std::string& path) {
  if (path.starts_with("$"))
    return path;
  const auto begin = path.find_first_not_of('/');
  return begin == path.npos ? "$SNAP" : "$SNAP/" + path.substr(begin);
}

slot_share content_of(const json::object& slot) {
  slot_share share;
  share.named = slot.contains("source");
  const auto source = share.named ? json::object_or(slot, "source") : slot;
  const auto paths_in = [&](const std::string& key) {
    std::vector<std::string> paths;
    for (const auto& path : texts_of(source, key))
      if (!leaves_its_directory(path))
        paths.push_back(in_snap(path));
    return paths;
  };
  share.read = paths_in("read");
  share.write = paths_in("write");
  return share;
}

/// What the plug of a connection grants.
program_profile granted(const interface_definition& known, const json::object& plug,
                        const endpoint_name& slot) {
  program_profile result;
  const auto& what = known.grants;
  if (!what.unless.empty() && json::bool_or(plug, what.unless))
    return result;
  result.may = what.always;
  for (auto& path : texts_of(plug, what.read_from_plug))
    result.may.read.insert(std::move(path));
  for (auto& path : texts_of(plug, what.write_from_plug))
    result.may.write.insert(std::move(path));
  if (what.content)
    result.shared.push_back({slot, known.name, in_snap(json::string_or(plug, "target"))});
  else if (!what.write_from_slot.empty())
    result.shared.push_back({slot, known.name, ""});
  return result;
}

std::map<std::string, slot_share> shares_of(const snap_info& info, const interface_book& book) {
  std::map<std::string, slot_share> result;
  for (const auto& slot : info.slots) {
    const auto* known = book.find(slot.interface);
    if (!known || (!known->grants.content && known->grants.write_from_slot.empty()) ||
        !book.fault_of(rule_side::slot, slot).empty())
      continue;
    const auto attributes = book.attributes_of(rule_side::slot, slot);
    auto share = known->grants.content ? content_of(attributes) : slot_share{};
    if (!known->grants.write_from_slot.empty())
      share.write = texts_of(attributes, known->grants.write_from_slot);
    share.interface = slot.interface;
    result.emplace(slot.name, std::move(share));
  }
  return result;
}

} // namespace

confinement mode_of(const snap_info& info, const snap_flags& flags) {
  if (flags.jailmode)
    return confinement::strict;
  if (info.confinement == confinement::classic)
    return confinement::classic;
  return flags.devmode ? confinement::devmode : info.confinement;
}

security_profile profile_of(const std::string& snap, const snap_info& info, const snap_flags& flags,
                            const std::map<connection_ref, connection>& connections,
                            const interface_book& book, const grants& everybody) {
  security_profile profile;
  profile.mode = mode_of(info, flags);
  profile.slots = shares_of(info, book);
  for (const auto& app : info.apps)
    profile.programs["app." + app.name].may = everybody;
  for (const auto& hook : info.hooks)
    profile.programs["hook." + hook.name].may = everybody;
  for (const auto& [ref, what] : connections) {
    const auto plug = std::ranges::find(info.plugs, ref.plug.name, &endpoint_info::name);
    const auto* known = book.find(what.interface);
    if (ref.plug.snap != snap || what.undesired || !known || plug == info.plugs.end() ||
        plug->interface != what.interface || !book.fault_of(rule_side::plug, *plug).empty())
      continue;
    const auto extra = granted(*known, book.attributes_of(rule_side::plug, *plug), ref.slot);
    for (const auto& name : bound_programs(info, rule_side::plug, plug->name)) {
      auto& program = profile.programs[name];
      program.may.add(extra.may);
      program.shared.insert(program.shared.end(), extra.shared.begin(), extra.shared.end());
    }
  }
  return profile;
}

} // namespace troupe
