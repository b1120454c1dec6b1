#include "runtime/rules/snapshot_sets.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <map>

#include "messages/failure.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

/// Clients read numbers as signed ones.
constexpr std::uint64_t greatest_set = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void wrong_set() {
  throw failure{"cannot find snapshot: a set's number is a whole number from 1 on"};
}

std::uint64_t checked_set(std::uint64_t set) {
  if (set == 0 || set > greatest_set)
    wrong_set();
  return set;
}

void add_snap(snapshot_choice& into, std::string name) {
  if (name.empty())
    throw failure{"cannot find snapshot: the name of a snap is empty"};
  if (std::ranges::find(into.snaps, name) != into.snaps.end())
    return;
  if (into.snaps.size() == limits::change_snaps)
    throw failure{"cannot find snapshot: more than " + std::to_string(limits::change_snaps) +
                  " snaps are named"};
  into.snaps.push_back(std::move(name));
}

json::object resource_of(const stored_snapshot& snapshot) {
  const auto& info = snapshot.info;
  json::object result{{"set", info.set},
                      {"time", to_rfc3339(info.time)},
                      {"snap", info.snap},
                      {"revision", to_string(info.rev)},
                      {"epoch",
                       {{"read", json::array(info.epoch.read.begin(), info.epoch.read.end())},
                        {"write", json::array(info.epoch.write.begin(), info.epoch.write.end())}}},
                      {"summary", info.summary},
                      {"version", info.version},
                      {"size", snapshot.file_bytes}};
  json::object digests;
  for (const auto& archive : info.archives)
    digests.emplace(archive.name, archive.sha3_384);
  result.emplace("sha3-384", std::move(digests));
  if (!info.snap_id.empty())
    result.emplace("snap-id", info.snap_id);
  if (info.is_automatic)
    result.emplace("auto", true);
  if (!snapshot.fault.empty())
    result.emplace("broken", snapshot.fault);
  return result;
}

} // namespace

std::vector<stored_snapshot> prunable_snapshots(const std::vector<stored_snapshot>& snapshots,
                                                time_point now, duration age) {
  std::vector<stored_snapshot> result;
  std::ranges::copy_if(snapshots, std::back_inserter(result), [&](const stored_snapshot& one) {
    return one.fault.empty() && one.info.is_automatic && one.info.time < now - age;
  });
  return result;
}

std::uint64_t snapshot_set_from_text(std::string_view text) {
  std::uint64_t set = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), set);
  if (error != std::errc{} || end != text.data() + text.size())
    wrong_set();
  return checked_set(set);
}

snapshot_choice snapshot_choice_in_query(std::string_view set, std::string_view snaps) {
  snapshot_choice result;
  if (!set.empty())
    result.set = snapshot_set_from_text(set);
  while (!snaps.empty()) {
    const auto comma = std::min(snaps.find(','), snaps.size());
    add_snap(result, std::string{snaps.substr(0, comma)});
    snaps.remove_prefix(std::min(comma + 1, snaps.size()));
  }
  return result;
}

snapshot_choice snapshot_choice_in_body(const json::object& body) {
  const auto* set = body.if_contains("set");
  if (!set)
    throw failure{"cannot find snapshot: the request names no set"};
  boost::json::error_code error;
  snapshot_choice result{set->to_number<std::uint64_t>(error), {}};
  if (error)
    wrong_set();
  checked_set(result.set);
  for (auto& name : json::strings(body, "snaps"))
    add_snap(result, std::move(name));
  return result;
}

snapshot_action snapshot_action_in_body(const json::object& body) {
  const auto action = json::string_or(body, "action");
  if (action == "check")
    return snapshot_action::check;
  if (action == "restore")
    return snapshot_action::restore;
  if (action == "forget")
    return snapshot_action::forget;
  throw failure{"cannot change snapshot: \"action\" must be check, restore or forget"};
}

std::vector<stored_snapshot> chosen_snapshots(const std::vector<stored_snapshot>& snapshots,
                                              const snapshot_choice& choice) {
  std::vector<stored_snapshot> result;
  std::ranges::copy_if(snapshots, std::back_inserter(result), [&](const stored_snapshot& one) {
    const bool is_named =
        choice.snaps.empty() || std::ranges::find(choice.snaps, one.info.snap) != choice.snaps.end();
    return is_named && (choice.set == 0 || choice.set == one.info.set);
  });
  return result;
}

std::vector<stored_snapshot> required_snapshots(const std::vector<stored_snapshot>& snapshots,
                                                const snapshot_choice& choice) {
  const auto of_set = chosen_snapshots(snapshots, {choice.set, {}});
  if (of_set.empty())
    throw failure{failure_kind::not_found,
                  "cannot find snapshot: there is no set " + std::to_string(choice.set)};
  for (const auto& name : choice.snaps)
    if (std::ranges::none_of(of_set, [&](const auto& one) { return one.info.snap == name; }))
      throw failure{failure_kind::not_found, "cannot find snapshot: set " + std::to_string(choice.set) +
                                                 " has none of snap \"" + name + "\""};
  return chosen_snapshots(of_set, choice);
}

json::array snapshots_resource(const std::vector<stored_snapshot>& snapshots) {
  std::map<std::uint64_t, std::multimap<std::string, json::object>> sets;
  for (const auto& snapshot : snapshots)
    if (snapshot.info.set != 0)
      sets[snapshot.info.set].emplace(snapshot.info.snap, resource_of(snapshot));
  json::array result;
  for (auto& [set, members] : sets) {
    json::array list;
    for (auto& [snap, member] : members)
      list.push_back(std::move(member));
    result.push_back(json::object{{"id", set}, {"snapshots", std::move(list)}});
  }
  return result;
}

} // namespace troupe
