#include "runtime/api/interface_resources.hpp"

#include <algorithm>
#include <set>

#include "messages/failure.hpp"
#include "runtime/api/target.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/bound_apps.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

std::string value_of(const query& asked, const std::string& key) {
  const auto found = asked.find(key);
  return found == asked.end() ? std::string{} : found->second;
}

/// What is asked for.
struct choice {
  std::string snap; ///< Empty: any.
  std::string interface;

  bool takes(const wired_end& end) const {
    return (snap.empty() || end.name.snap == snap) &&
           (interface.empty() || end.endpoint->interface == interface);
  }
  bool takes(const connection_ref& ref, const connection& known) const {
    return (snap.empty() || ref.is_of(snap)) && (interface.empty() || known.interface == interface);
  }
};

choice choice_of(const wiring& wires, const query& asked) {
  choice result{value_of(asked, "snap"), value_of(asked, "interface")};
  if (!result.snap.empty() && names_system(result.snap))
    result.snap = system_snap;
  if (!result.snap.empty() && result.snap != system_snap && !wires.is_installed(result.snap))
    throw failure{failure_kind::snap_not_found, "snap \"" + result.snap + "\" is not installed",
                  json::write(json::value(result.snap))};
  return result;
}

json::object end_resource(const endpoint_name& end, rule_side side) {
  return {{"snap", end.snap}, {to_word(side), end.name}};
}

json::object attributes_of(const wiring& wires, const connection_ref& ref, rule_side side,
                           const std::string& dynamic) {
  const auto* end = wires.find(side, side == rule_side::plug ? ref.plug : ref.slot);
  const auto added = json::parse_object(dynamic);
  return end ? end->seen(wires.book(), side, added).attributes : added;
}

json::object connection_resource(const wiring& wires, const connection_ref& ref,
                                 const connection& known) {
  json::object result{{"slot", end_resource(ref.slot, rule_side::slot)},
                      {"plug", end_resource(ref.plug, rule_side::plug)},
                      {"interface", known.interface}};
  if (!known.automatic || known.undesired)
    result["manual"] = true;
  for (auto side : {rule_side::plug, rule_side::slot}) {
    auto attributes = attributes_of(
        wires, ref, side, side == rule_side::plug ? known.plug_attributes : known.slot_attributes);
    if (!attributes.empty())
      result[std::string{to_word(side)} + "-attrs"] = std::move(attributes);
  }
  return result;
}

/// The other ends of the connections that count of each plug or slot.
std::map<endpoint_name, json::array> connected_ends(const wiring& wires, rule_side side) {
  std::map<endpoint_name, json::array> result;
  for (const auto& [ref, known] : wires.connections())
    if (wires.is_connected(ref)) {
      if (side == rule_side::plug)
        result[ref.plug].push_back(end_resource(ref.slot, rule_side::slot));
      else
        result[ref.slot].push_back(end_resource(ref.plug, rule_side::plug));
    }
  return result;
}

template <class Take>
json::array ends_resource(const wiring& wires, rule_side side, Take take) {
  const auto connected = connected_ends(wires, side);
  json::array result;
  for (const auto& [snap, all] : wires.ends(side))
    for (const auto& end : all) {
      const auto found = connected.find(end.name);
      const auto is_connected = found != connected.end();
      if (!take(end, is_connected))
        continue;
      json::object one = end_resource(end.name, side);
      one["interface"] = end.endpoint->interface;
      if (auto attributes = wires.book().attributes_of(side, *end.endpoint); !attributes.empty())
        one["attrs"] = std::move(attributes);
      const auto apps = bound_apps(*end.snap, side, end.name.name);
      if (!apps.empty())
        one["apps"] = json::array(apps.begin(), apps.end());
      one["label"] = end.endpoint->label;
      if (!end.fault.empty())
        one["fault"] = end.fault;
      if (is_connected)
        one["connections"] = found->second;
      result.push_back(std::move(one));
    }
  return result;
}

void check_select(const std::string& select, std::initializer_list<std::string_view> known) {
  if (std::ranges::find(known, select) == known.end())
    throw failure{"cannot list interfaces: unknown select " + in_quotes(select)};
}

endpoint_name end_in(const json::object& body, const std::string& list, const std::string& key) {
  const auto* all = body.if_contains(list);
  const auto* ends = all ? all->if_array() : nullptr;
  if (all && !ends && !all->is_null())
    throw failure{"cannot change connections: \"" + list + "\" must be a list"};
  if (!ends || ends->empty())
    return {};
  if (ends->size() > 1)
    throw failure{"cannot change connections: several " + list + " are named; name one at a time"};
  const auto* end = ends->front().if_object();
  if (!end)
    throw failure{"cannot change connections: each of \"" + list + "\" must be an object"};
  return {json::string_or(*end, "snap"), json::string_or(*end, key)};
}

} // namespace

json::object connections_resource(const wiring& wires, const query& asked) {
  const auto select = value_of(asked, "select");
  check_select(select, {"", "all"});
  const auto wanted = choice_of(wires, asked);
  json::array established;
  json::array undesired;
  for (const auto& [ref, known] : wires.connections()) {
    if (!wanted.takes(ref, known))
      continue;
    if (known.undesired)
      undesired.push_back(connection_resource(wires, ref, known));
    else if (wires.is_connected(ref))
      established.push_back(connection_resource(wires, ref, known));
  }
  // What a connection of the snap asked for names at its other end is shown as well.
  std::set<endpoint_name> others;
  for (const auto& [ref, known] : wires.connections())
    if (wanted.takes(ref, known) && wires.is_connected(ref)) {
      others.insert(ref.plug);
      others.insert(ref.slot);
    }
  const auto take = [&](const wired_end& end, bool is_connected) {
    if (is_connected)
      return others.contains(end.name);
    return select == "all" && wanted.takes(end);
  };
  return {{"established", std::move(established)},
          {"undesired", std::move(undesired)},
          {"plugs", ends_resource(wires, rule_side::plug, take)},
          {"slots", ends_resource(wires, rule_side::slot, take)}};
}

json::array unconnected_resource(const wiring& wires, const query& asked) {
  const auto wanted = choice_of(wires, asked);
  json::array result;
  for (const auto& each : wires.all_choices()) {
    const connection like{.interface = each.interface};
    if (!wanted.takes(each.ref, like) || wires.is_connected(each.ref))
      continue;
    result.push_back(json::object{
        {"plug", end_resource(each.ref.plug, rule_side::plug)},
        {"slot", end_resource(each.ref.slot, rule_side::slot)},
        {"interface", each.interface},
        {"allowed", each.is_allowed},
        {"why", each.is_made ? "nobody has asked since that became possible; it is made with the next "
                               "refresh, or by: troupe connect " +
                                   to_string(each.ref)
                             : each.why_not}});
  }
  for (auto side : {rule_side::plug, rule_side::slot})
    for (const auto& [snap, all] : wires.ends(side))
      for (const auto& end : all)
        if (!end.fault.empty() && wanted.takes(end))
          result.push_back(json::object{{to_word(side), end_resource(end.name, side)},
                                        {"interface", end.endpoint->interface},
                                        {"allowed", false},
                                        {"why", end.fault}});
  return result;
}

json::value interfaces_resource(const wiring& wires, const query& asked) {
  const auto select = value_of(asked, "select");
  check_select(select, {"", "all", "connected"});
  const auto all_ends = [](const wired_end&, bool) { return true; };
  if (select.empty() && value_of(asked, "names").empty())
    return json::object{{"plugs", ends_resource(wires, rule_side::plug, all_ends)},
                        {"slots", ends_resource(wires, rule_side::slot, all_ends)}};
  const auto names = query_list(asked, "names");
  std::set<std::string> connected;
  for (const auto& [ref, known] : wires.connections())
    if (wires.is_connected(ref))
      connected.insert(known.interface);
  json::array result;
  for (const auto& [name, known] : wires.book().all()) {
    if (!names.empty() && std::ranges::find(names, name) == names.end())
      continue;
    if (select == "connected" && !connected.contains(name))
      continue;
    json::object one{{"name", name}, {"summary", known.summary}};
    const auto of_it = [&](const wired_end& end, bool) { return end.endpoint->interface == name; };
    for (auto side : {rule_side::plug, rule_side::slot})
      if (const auto key = std::string{to_word(side)} + "s"; value_of(asked, key) == "true")
        one[key] = ends_resource(wires, side, of_it);
    result.push_back(std::move(one));
  }
  return result;
}

operation_request connection_request_of(const json::object& body, const wiring& wires,
                                        std::uint32_t uid) {
  const auto action = json::string_or(body, "action");
  const auto plug = end_in(body, "plugs", "plug");
  const auto slot = end_in(body, "slots", "slot");
  const auto forget = json::bool_or(body, "forget");
  std::vector<connection_ref> all;
  if (action == "connect") {
    auto ref = wires.find_pair(plug, slot);
    if (!wires.is_connected(ref))
      wires.connect(ref, false, "{}", "{}");
    all.push_back(std::move(ref));
  } else if (action == "disconnect") {
    all = wires.find_connected(plug, slot, forget);
  } else {
    throw failure{"cannot change connections: unknown action " + in_quotes(action)};
  }
  operation_request wanted;
  wanted.uid = uid;
  std::set<std::string> others;
  for (const auto& ref : all)
    for (const auto* snap : {&ref.plug.snap, &ref.slot.snap})
      if (*snap != system_snap)
        others.insert(*snap);
  auto& first = wanted.snaps.emplace_back();
  first.verb = action;
  first.snap = all.front().plug.snap;
  first.connections = all;
  first.forget = forget;
  others.erase(first.snap);
  for (const auto& snap : others) {
    auto& other = wanted.snaps.emplace_back();
    other.verb = action;
    other.snap = snap;
  }
  return wanted;
}

} // namespace troupe
