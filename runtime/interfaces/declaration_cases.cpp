#include "runtime/interfaces/declaration_cases.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/interfaces/declaration_yaml.hpp"
#include "runtime/rules/auto_connections.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/snap_yaml.hpp"

namespace troupe {

namespace {

constexpr std::array<std::string_view, 15> known_keys{"check",
                                                      "plug_snap",
                                                      "plug",
                                                      "slot_snap",
                                                      "slot",
                                                      "base_declaration",
                                                      "plug_declaration",
                                                      "slot_declaration",
                                                      "on_classic",
                                                      "distro",
                                                      "store",
                                                      "model",
                                                      "store_assertion",
                                                      "dangerous",
                                                      "candidates"};

void check_keys(const json::object& from, const std::string& what, auto known) {
  for (const auto& [key, value] : from)
    if (std::ranges::find(known, std::string_view{key}) == std::ranges::end(known))
      throw failure{what + " has no " + in_quotes(key)};
}

/// With the subject of a fault, whichever reader has found it.
auto named(const std::string& subject, auto read) {
  try {
    return read();
  } catch (const failure& fault) {
    throw failure{subject + ": " + fault.what()};
  }
}

/// A snap with its declaration.
struct case_snap {
  snap_info info;
  std::optional<declaration> declared;

  const declaration* declaration_or_null() const { return declared ? &*declared : nullptr; }
  const std::vector<endpoint_info>& ends(rule_side side) const {
    return side == rule_side::plug ? info.plugs : info.slots;
  }
  policy_end end(const endpoint_info& of) const {
    return {&info, &of, json::parse_object(of.attributes), declaration_or_null()};
  }
};

case_snap snap_in(const json::object& from, std::string_view snap_key,
                  std::string_view declaration_key) {
  case_snap result;
  result.info =
      named(std::string{snap_key}, [&] { return parse_snap_yaml(json::string_or(from, snap_key)); });
  if (auto text = json::string_or(from, declaration_key); !text.empty())
    result.declared = named(std::string{declaration_key}, [&] { return declaration_from_yaml(text); });
  return result;
}

/// The only one of its side unless it is named.
const endpoint_info& find_end(const case_snap& snap, rule_side side, const std::string& name) {
  const auto& ends = snap.ends(side);
  const auto found = std::ranges::find(ends, name, &endpoint_info::name);
  if (!name.empty() && found == ends.end())
    throw failure{"snap " + in_quotes(snap.info.name) + " has no " + std::string{to_word(side)} + " " +
                  in_quotes(name)};
  if (name.empty() && ends.size() != 1)
    throw failure{"\"" + std::string{to_word(side)} + "\" must name one of snap " +
                  in_quotes(snap.info.name) + "'s, which has " + std::to_string(ends.size())};
  return name.empty() ? ends.front() : *found;
}

/// The headers of a store assertion: only who is its friend matters.
std::vector<std::string> friendly_stores_in(const std::string& text) {
  std::vector<std::string> stores;
  if (text.empty())
    return stores;
  const auto headers = named("store_assertion", [&] { return headers_from_yaml(text); });
  if (const auto found = headers.find("friendly-stores"); found != headers.end())
    if (const auto* list = found->value().if_array())
      for (const auto& each : *list)
        stores.push_back(scalar_text(each).value_or(""));
  return stores;
}

policy_system system_in(const json::object& from) {
  policy_system system;
  system.on_classic = json::bool_or(from, "on_classic", true);
  system.distro = json::string_or(from, "distro");
  if (from.contains("model")) {
    const auto model = json::object_or(from, "model");
    system.model = device_model{json::string_or(model, "brand-id"), json::string_or(model, "model"),
                                json::string_or(from, "store", json::string_or(model, "store"))};
  }
  system.friendly_stores = friendly_stores_in(json::string_or(from, "store_assertion"));
  return system;
}

declaration base_in(const json::object& from) {
  const auto text = json::string_or(from, "base_declaration");
  return named("base_declaration",
               [&] { return text.empty() ? declaration{} : declaration_from_yaml(text); });
}

json::object answer_of(const policy_verdict& verdict) {
  return {{"decision", verdict.is_allowed ? "allow" : "deny"},
          {"rule", verdict.rule},
          {"message", verdict.message}};
}

json::object with_arity(json::object answer, const policy_verdict& verdict) {
  if (verdict.is_allowed) {
    answer["slots_per_plug"] = to_text(verdict.slots_per_plug);
    answer["plugs_per_slot"] = to_text(verdict.plugs_per_slot);
  }
  return answer;
}

json::object check_connection_case(const json::object& from, rule_about about) {
  const auto plug_snap = snap_in(from, "plug_snap", "plug_declaration");
  const auto slot_snap = snap_in(from, "slot_snap", "slot_declaration");
  const auto plug = plug_snap.end(find_end(plug_snap, rule_side::plug, json::string_or(from, "plug")));
  const auto slot = slot_snap.end(find_end(slot_snap, rule_side::slot, json::string_or(from, "slot")));
  if (plug.endpoint->interface != slot.endpoint->interface)
    throw failure{"cannot connect plug " + in_quotes(plug.endpoint->name) + " of interface " +
                  in_quotes(plug.endpoint->interface) + " to slot " + in_quotes(slot.endpoint->name) +
                  " of interface " + in_quotes(slot.endpoint->interface)};
  const auto verdict = check_connection(about, plug, slot, base_in(from), system_in(from));
  return with_arity(answer_of(verdict), verdict);
}

/// Slots before plugs; the first that is refused decides.
json::object check_installation_case(const json::object& from) {
  const auto base = base_in(from);
  const auto system = system_in(from);
  const auto is_local = json::bool_or(from, "dangerous");
  policy_verdict last;
  const auto check = [&](rule_side side, std::string_view snap_key, std::string_view declaration_key) {
    if (!from.contains(snap_key) || !last.is_allowed)
      return;
    const auto snap = snap_in(from, snap_key, declaration_key);
    const auto names_one = from.contains("plug") || from.contains("slot");
    for (const auto checked : {rule_side::slot, rule_side::plug}) {
      const std::string key{to_word(checked)};
      if (names_one && (checked != side || !from.contains(key)))
        continue;
      const auto name = json::string_or(from, key);
      if (names_one)
        find_end(snap, checked, name);
      for (const auto& end : snap.ends(checked)) {
        if (names_one && !name.empty() && end.name != name)
          continue;
        const auto asked = snap.end(end);
        policy_verdict verdict;
        if (!is_local)
          verdict = check_installation(checked, asked, base, system);
        else if (checked == rule_side::slot)
          verdict = check_local_installation(asked, base, system);
        if (!verdict.is_allowed) {
          last = verdict;
          return;
        }
        if (!verdict.rule.empty())
          last = verdict;
      }
    }
  };
  check(rule_side::slot, "slot_snap", "slot_declaration");
  check(rule_side::plug, "plug_snap", "plug_declaration");
  return answer_of(last);
}

json::object end_name(const policy_end& end) {
  return {{"snap", end.snap->name}, {"name", end.endpoint->name}};
}

json::object check_candidates_case(const json::object& from) {
  std::vector<case_snap> snaps;
  const auto* list = from.at("candidates").if_array();
  if (!list)
    throw failure{"\"candidates\" must be a list of snaps"};
  for (const auto& item : *list) {
    const auto* each = item.if_object();
    if (!each)
      throw failure{"each of \"candidates\" must be an object with \"snap\" and \"declaration\""};
    check_keys(*each, "a candidate", std::array<std::string_view, 2>{"snap", "declaration"});
    snaps.push_back(snap_in(*each, "snap", "declaration"));
  }
  std::vector<policy_end> plugs;
  std::vector<policy_end> slots;
  for (const auto& snap : snaps) {
    for (const auto& plug : snap.info.plugs)
      plugs.push_back(snap.end(plug));
    for (const auto& slot : snap.info.slots)
      slots.push_back(snap.end(slot));
  }
  json::array made;
  json::array refused;
  for (const auto& each :
       auto_connections(plugs, slots, candidates_among(plugs, slots), base_in(from), system_in(from))) {
    json::object shown{{"plug", end_name(plugs[each.plug])},
                       {"slot", end_name(slots[each.slot])},
                       {"rule", each.verdict.rule}};
    if (!each.is_made)
      shown["reason"] = each.why_not;
    (each.is_made ? made : refused).push_back(std::move(shown));
  }
  return {{"decision", made.empty() ? "deny" : "allow"}, {"made", made}, {"refused", refused}};
}

json::object evaluate(const json::object& from) {
  check_keys(from, "a case", known_keys);
  const auto check = json::string_or(from, "check");
  if (check == "candidates" || (check.empty() && from.contains("candidates")))
    return check_candidates_case(from);
  if (check == "installation")
    return check_installation_case(from);
  if (check == "connection")
    return check_connection_case(from, rule_about::connection);
  if (check == "auto-connection")
    return check_connection_case(from, rule_about::auto_connection);
  throw failure{"\"check\" must be installation, connection, auto-connection or candidates"};
}

} // namespace

json::array evaluate_cases(const json::array& cases) {
  json::array answers;
  for (const auto& item : cases) {
    try {
      const auto* each = item.if_object();
      if (!each)
        throw failure{"a case must be an object"};
      answers.push_back(evaluate(*each));
    } catch (const failure& fault) {
      answers.push_back(json::object{{"decision", "error"}, {"rule", ""}, {"message", fault.what()}});
    }
  }
  return answers;
}

} // namespace troupe
