#include "runtime/rules/wiring.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "messages/failure.hpp"

namespace troupe {

namespace {

const std::vector<wired_end> no_ends;

std::string system_name(std::string snap) {
  return names_system(snap) ? std::string{system_snap} : std::move(snap);
}

json::object merged(json::object attributes, const json::object& dynamic) {
  for (const auto& [name, value] : dynamic)
    attributes.insert_or_assign(name, value);
  return attributes;
}

std::string interface_text(const wired_end& end) {
  return to_string(end.name) + " (interface \"" + end.endpoint->interface + "\")";
}

} // namespace

policy_end wired_end::seen(const interface_book& book, rule_side side,
                           const json::object& dynamic) const {
  return {snap.get(), endpoint, merged(book.attributes_of(side, *endpoint), dynamic), declared.get()};
}

std::shared_ptr<const declaration> declaration_of(const snap_origin& origin) {
  if (origin.snap_id.empty())
    return nullptr;
  declaration result;
  try {
    result = declaration_from(json::parse_object(origin.declaration));
  } catch (const failure&) {
    result = {};
  }
  result.snap_id = origin.snap_id;
  result.publisher_id = origin.publisher.id;
  return std::make_shared<const declaration>(std::move(result));
}

wiring::wiring(const interface_book& book, policy_system system)
    : book_{book}, system_{std::move(system)} {
  put_system();
}

// --- what is there ----------------------------------------------------------------------------------

void wiring::put(const snap_state_ptr& state) {
  const auto& name = state->name;
  // The plug's snap has the word on what both remember.
  auto first = connections_.lower_bound({{name, {}}, {}});
  auto last = std::find_if(first, connections_.end(),
                           [&](const auto& known) { return known.first.plug.snap != name; });
  connections_.erase(first, last);
  plugs_.erase(name);
  slots_.erase(name);
  if (state->is_installed())
    snaps_.insert_or_assign(name, state);
  else
    snaps_.erase(name);
  for (const auto& [ref, known] : state->connections)
    if (ref.plug.snap == name) {
      connections_.insert_or_assign(ref, known);
      promised_.erase(ref);
    }
  if (names_system(name))
    return put_system();
  if (state->active && state->find(state->current))
    put_ends(name, state->find(state->current)->info, declaration_of(state->origin));
}

void wiring::put_ends(const std::string& snap, const snap_info_ptr& info,
                      const std::shared_ptr<const declaration>& declared) {
  for (auto side : {rule_side::plug, rule_side::slot}) {
    std::vector<wired_end> ends;
    for (const auto& endpoint : side == rule_side::plug ? info->plugs : info->slots)
      ends.push_back({{snap, endpoint.name}, info, &endpoint, book_.fault_of(side, endpoint), declared});
    (side == rule_side::plug ? plugs_ : slots_).insert_or_assign(snap, std::move(ends));
  }
}

// The slots that the system has, besides those of the snap that stands for it.
void wiring::put_system() {
  auto info = std::make_shared<snap_info>();
  snap_origin origin;
  for (const auto* name : {"core", "snapd"})
    if (auto found = snaps_.find(name); found != snaps_.end() && found->second->info()) {
      *info = *found->second->info();
      origin = found->second->origin;
    }
  info->name = system_snap;
  info->type = snap_type::snapd;
  info->plugs.clear();
  for (const auto& [name, known] : book_.all())
    if (known.on_host && std::ranges::find(info->slots, name, &endpoint_info::name) == info->slots.end())
      info->slots.push_back({.name = name, .interface = name, .label = {}, .attributes = "{}"});
  std::ranges::sort(info->slots, {}, &endpoint_info::name);
  put_ends(std::string{system_snap}, info, declaration_of(origin));
}

const std::vector<wired_end>& wiring::ends_of(const std::string& snap, rule_side side) const {
  const auto found = ends(side).find(snap);
  return found == ends(side).end() ? no_ends : found->second;
}

const wired_end* wiring::find(rule_side side, const endpoint_name& end) const {
  const auto& all = ends_of(end.snap, side);
  const auto found = std::ranges::find(all, end, &wired_end::name);
  return found == all.end() ? nullptr : &*found;
}

const connection* wiring::remembered(const connection_ref& ref) const {
  const auto found = connections_.find(ref);
  return found == connections_.end() ? nullptr : &found->second;
}

bool wiring::is_connected(const connection_ref& ref) const {
  const auto* known = remembered(ref);
  const auto* plug = find(rule_side::plug, ref.plug);
  const auto* slot = find(rule_side::slot, ref.slot);
  return known && !known->undesired && plug && slot && plug->endpoint->interface == known->interface &&
         slot->endpoint->interface == known->interface;
}

std::vector<connection_ref> wiring::connected_to(const std::string& snap) const {
  std::vector<connection_ref> result;
  for (const auto& [ref, known] : connections_)
    if (ref.is_of(snap) && is_connected(ref))
      result.push_back(ref);
  return result;
}

// --- what users name --------------------------------------------------------------------------------

const wired_end& wiring::must_find(rule_side side, const endpoint_name& end) const {
  if (const auto* found = find(side, end))
    return *found;
  const auto known = snaps_.find(end.snap);
  if (known == snaps_.end() && end.snap != system_snap)
    throw failure{failure_kind::snap_not_found, "snap \"" + end.snap + "\" is not installed",
                  json::write(json::value(end.snap))};
  if (known != snaps_.end() && !known->second->active)
    throw failure{"snap \"" + end.snap + "\" is disabled; enable it first"};
  throw failure{"snap \"" + end.snap + "\" has no " + std::string{to_word(side)} + " named \"" +
                end.name + '"'};
}

connection_ref wiring::find_pair(endpoint_name plug, endpoint_name slot) const {
  if (plug.name.empty())
    throw failure{"cannot connect: a plug must be named, as SNAP:PLUG"};
  plug.snap = system_name(plug.snap);
  slot.snap = system_name(slot.snap);
  const auto& from = must_find(rule_side::plug, plug);
  const auto& interface = from.endpoint->interface;
  if (!from.fault.empty())
    throw failure{"cannot connect " + to_string(plug) + ": it can't be used: " + from.fault};
  if (!slot.name.empty()) {
    must_find(rule_side::slot, slot);
    return {plug, slot};
  }
  std::vector<std::string> names;
  for (const auto& end : ends_of(slot.snap, rule_side::slot))
    if (end.endpoint->interface == interface)
      names.push_back(end.name.name);
  if (names.size() > 1) {
    std::string list;
    for (const auto& name : names)
      list += (list.empty() ? "" : ", ") + name;
    throw failure{"cannot connect " + to_string(plug) + ": snap \"" + slot.snap +
                  "\" has several slots of interface \"" + interface + "\"; name one of: " + list};
  }
  if (names.empty() && slot.snap != system_snap && !snaps_.contains(slot.snap))
    must_find(rule_side::slot, slot);
  if (names.empty())
    throw failure{"cannot connect " + to_string(plug) + ": snap \"" + slot.snap +
                  "\" has no slot of interface \"" + interface + '"'};
  return {plug, {slot.snap, names.front()}};
}

std::vector<connection_ref> wiring::find_connected(const endpoint_name& plug, const endpoint_name& slot,
                                                   bool forgotten) const {
  const auto is_named = [](const endpoint_name& end) { return !end.snap.empty() || !end.name.empty(); };
  if (!is_named(plug) && !is_named(slot))
    throw failure{"cannot disconnect: a plug or a slot must be named, as SNAP:NAME"};
  const auto is_that = [](const endpoint_name& end, const endpoint_name& wanted) {
    return end.snap == system_name(wanted.snap) && (wanted.name.empty() || end.name == wanted.name);
  };
  const auto has_both = is_named(plug) && is_named(slot);
  const auto& only = is_named(plug) ? plug : slot;
  const auto is_meant = [&](const connection_ref& ref) {
    return has_both ? is_that(ref.plug, plug) && is_that(ref.slot, slot)
                    : is_that(ref.plug, only) || is_that(ref.slot, only);
  };
  std::vector<connection_ref> result;
  for (const auto& [ref, known] : connections_)
    if (is_meant(ref) && (forgotten || is_connected(ref)))
      result.push_back(ref);
  if (!result.empty())
    return result;
  // What isn't there has no connection either; that it isn't there tells more.
  const auto check = [&](const endpoint_name& end, std::initializer_list<rule_side> sides) {
    const endpoint_name wanted{system_name(end.snap), end.name};
    const auto is_there = std::ranges::any_of(sides, [&](rule_side side) {
      return end.name.empty() ? !ends_of(wanted.snap, side).empty() : find(side, wanted) != nullptr;
    });
    if (is_there)
      return;
    if (sides.size() == 1 || (wanted.snap != system_snap && !snaps_.contains(wanted.snap)))
      must_find(*sides.begin(), wanted);
    throw failure{"snap \"" + wanted.snap + "\" has no plug or slot named \"" + wanted.name + '"'};
  };
  if (has_both) {
    check(plug, {rule_side::plug});
    check(slot, {rule_side::slot});
    throw failure{failure_kind::interfaces_unchanged, "nothing to do: " + to_string(plug) + " and " +
                                                          to_string(slot) + " are not connected"};
  }
  check(only, {rule_side::plug, rule_side::slot});
  throw failure{failure_kind::interfaces_unchanged,
                "nothing to do: " + to_string(only) + " is not connected"};
}

// --- what rules say ---------------------------------------------------------------------------------

connection wiring::connect(const connection_ref& ref, bool automatic, std::string plug_attributes,
                           std::string slot_attributes) const {
  const auto& plug = must_find(rule_side::plug, ref.plug);
  const auto& slot = must_find(rule_side::slot, ref.slot);
  const auto refuse = [&](const std::string& why) {
    throw failure{"cannot connect " + to_string(ref.plug) + " to " + to_string(ref.slot) + ": " + why};
  };
  if (plug.endpoint->interface != slot.endpoint->interface)
    throw failure{"cannot connect " + interface_text(plug) + " to " + interface_text(slot) +
                  ": they are of different interfaces"};
  for (const auto* end : {&plug, &slot})
    if (!end->fault.empty())
      refuse(to_string(end->name) + " can't be used: " + end->fault);
  const auto plug_end = plug.seen(book_, rule_side::plug, json::parse_object(plug_attributes));
  const auto slot_end = slot.seen(book_, rule_side::slot, json::parse_object(slot_attributes));
  const auto& interface = *book_.find(plug.endpoint->interface);
  if (auto why = why_unlike(interface, plug_end.attributes, slot_end.attributes); !why.empty())
    refuse(why);
  const auto is_local = [](const wired_end& end) {
    return end.name.snap != system_snap && !end.declared;
  };
  if (automatic || (!is_local(plug) && !is_local(slot))) {
    const auto about = automatic ? rule_about::auto_connection : rule_about::connection;
    const auto verdict = check_connection(about, plug_end, slot_end, book_.base(), system_);
    if (!verdict.is_allowed)
      refuse(verdict.message);
  }
  return {interface.name, automatic, false, std::move(plug_attributes), std::move(slot_attributes)};
}

std::vector<const wired_end*> wiring::ends_with(rule_side side, const std::string& interface) const {
  std::vector<const wired_end*> result;
  for (const auto& [snap, all] : ends(side))
    for (const auto& end : all)
      if (end.endpoint->interface == interface && end.fault.empty())
        result.push_back(&end);
  return result;
}

std::vector<wiring_choice> wiring::choices_among(const std::vector<const wired_end*>& plugs,
                                                 const std::vector<const wired_end*>& slots) const {
  const auto seen = [&](const std::vector<const wired_end*>& ends, rule_side side) {
    std::vector<policy_end> result;
    for (const auto* end : ends)
      result.push_back(end->seen(book_, side));
    return result;
  };
  const auto plug_ends = seen(plugs, rule_side::plug);
  const auto slot_ends = seen(slots, rule_side::slot);
  std::vector<connection_candidate> candidates;
  for (auto each : candidates_among(plug_ends, slot_ends)) {
    const connection_ref ref{plugs[each.plug]->name, slots[each.slot]->name};
    const auto& interface = *book_.find(plugs[each.plug]->endpoint->interface);
    if (!why_unlike(interface, plug_ends[each.plug].attributes, slot_ends[each.slot].attributes).empty())
      continue;
    const auto* known = remembered(ref);
    each.is_connected = is_connected(ref) || promised_.contains(ref);
    each.is_disconnected = known && known->undesired;
    candidates.push_back(each);
  }
  std::vector<wiring_choice> result;
  for (auto& each : auto_connections(plug_ends, slot_ends, candidates, book_.base(), system_))
    result.push_back({{plugs[each.plug]->name, slots[each.slot]->name},
                      plugs[each.plug]->endpoint->interface,
                      each.verdict.is_allowed,
                      each.is_made,
                      std::move(each.why_not),
                      each.verdict.plugs_per_slot});
  return result;
}

std::vector<wiring_choice> wiring::choices_for(const std::string& snap) const {
  std::set<std::string> interfaces;
  for (auto side : {rule_side::plug, rule_side::slot})
    for (const auto& end : ends_of(snap, side))
      if (end.fault.empty())
        interfaces.insert(end.endpoint->interface);
  std::vector<wiring_choice> result;
  for (const auto& interface : interfaces) {
    const auto plugs = ends_with(rule_side::plug, interface);
    const auto slots = ends_with(rule_side::slot, interface);
    const auto is_own = [&](const wired_end* end) { return end->name.snap == snap; };
    // How many plugs a slot has matters only where its rules limit them, which few do.
    auto concerned = plugs;
    if (std::ranges::none_of(slots, is_own))
      std::erase_if(concerned, [&](const wired_end* end) { return !is_own(end); });
    auto choices = choices_among(concerned, slots);
    const auto is_limited = [](const wiring_choice& each) {
      return each.is_made && each.plugs_per_slot != arity::any();
    };
    if (concerned.size() < plugs.size() && std::ranges::any_of(choices, is_limited))
      choices = choices_among(plugs, slots);
    for (auto& choice : choices)
      if (choice.ref.is_of(snap))
        result.push_back(std::move(choice));
  }
  return result;
}

std::vector<wiring_choice> wiring::all_choices() const {
  std::vector<wiring_choice> result;
  for (const auto& [name, known] : book_.all())
    for (auto& choice :
         choices_among(ends_with(rule_side::plug, name), ends_with(rule_side::slot, name)))
      result.push_back(std::move(choice));
  return result;
}

void wiring::break_promises(lane_key lane) {
  std::erase_if(promised_, [&](const auto& promise) { return promise.second == lane; });
}

} // namespace troupe
