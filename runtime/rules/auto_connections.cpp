#include "runtime/rules/auto_connections.hpp"

#include <map>
#include <set>

namespace troupe {

namespace {

/// What the candidates of one end want, and how many there are.
struct gathering {
  std::set<std::string> wanted; ///< As text, for whoever asks why not.
  arity allowed;
  std::size_t count = 0;

  void add(const arity& of) {
    wanted.insert(to_text(of));
    allowed = of;
    ++count;
  }
};

std::string fault_of(const gathering& all, const std::string& end, const std::string& key,
                     const std::string& candidates) {
  if (all.wanted.size() > 1) {
    std::string values;
    for (const auto& value : all.wanted)
      values += (values.empty() ? "" : " and ") + value;
    return end + " is ambiguous: its candidates have " + key + " " + values;
  }
  if (all.allowed.allows(all.count))
    return {};
  return end + " has " + std::to_string(all.count) + " candidate " + candidates + ", and " + key +
         " is " + *all.wanted.begin();
}

std::string name_of(const policy_end& end, std::string_view side) {
  return std::string{side} + " " + in_marks(end.snap->name + ":" + end.endpoint->name);
}

} // namespace

std::vector<connection_candidate> candidates_among(const std::vector<policy_end>& plugs,
                                                   const std::vector<policy_end>& slots) {
  std::vector<connection_candidate> found;
  for (std::size_t plug = 0; plug < plugs.size(); ++plug)
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
      if (plugs[plug].endpoint->interface == slots[slot].endpoint->interface)
        found.push_back({plug, slot});
  return found;
}

std::vector<auto_connection> auto_connections(const std::vector<policy_end>& plugs,
                                              const std::vector<policy_end>& slots,
                                              const std::vector<connection_candidate>& candidates,
                                              const declaration& base, const policy_system& system) {
  std::vector<auto_connection> result;
  std::map<std::size_t, gathering> of_plugs;
  for (const auto& each : candidates) {
    auto verdict =
        check_connection(rule_about::auto_connection, plugs[each.plug], slots[each.slot], base, system);
    // What is connected counts, whatever the rules say by now.
    const auto counts = verdict.is_allowed || each.is_connected;
    if (counts)
      of_plugs[each.plug].add(verdict.slots_per_plug);
    result.push_back({each.plug, each.slot, counts, counts ? "" : verdict.message, std::move(verdict)});
  }
  std::map<std::size_t, gathering> of_slots;
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto& each = result[i];
    if (!each.is_made)
      continue;
    if (!candidates[i].is_connected) {
      each.why_not =
          fault_of(of_plugs.at(each.plug), name_of(plugs[each.plug], "plug"), "slots-per-plug", "slots");
      each.is_made = each.why_not.empty();
    }
    if (each.is_made)
      of_slots[each.slot].add(each.verdict.plugs_per_slot);
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto& each = result[i];
    if (!each.is_made)
      continue;
    if (candidates[i].is_connected)
      each.why_not = "it is connected already";
    else if (candidates[i].is_disconnected)
      each.why_not = "it was disconnected by hand";
    else
      each.why_not =
          fault_of(of_slots.at(each.slot), name_of(slots[each.slot], "slot"), "plugs-per-slot", "plugs");
    each.is_made = each.why_not.empty();
  }
  return result;
}

} // namespace troupe
