#include "cli/commands/snapshot_sets.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "cli/commands/output.hpp"
#include "runtime/api/target.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/rules/snapshot_sets.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

/// How long ago it was; a clock that was set back makes no age negative.
std::string age_of(const json::object& snapshot, bool absolute) {
  // A broken one doesn't say when it was made.
  auto time = snapshot.contains("broken") ? std::string{} : text_of(snapshot, "time");
  if (absolute)
    return or_dash(time);
  try {
    auto age = std::chrono::system_clock::now() - from_rfc3339(time);
    return duration_text(std::max<duration>(age, duration::zero()));
  } catch (const failure&) {
    return "-";
  }
}

std::string notes_of(const json::object& snapshot) {
  std::string notes = flag_of(snapshot, "auto") ? "auto" : "";
  if (auto fault = text_of(snapshot, "broken"); !fault.empty())
    notes += (notes.empty() ? "broken: " : ", broken: ") + fault;
  return or_dash(notes);
}

} // namespace

json::array snapshot_sets(session& session, const std::string& set,
                          const std::vector<std::string>& names) {
  std::string target = "/v2/snapshots";
  if (!set.empty())
    target += "?set=" + std::to_string(snapshot_set_from_text(set));
  std::string wanted;
  for (const auto& name : names) {
    check_instance_name(name);
    wanted += (wanted.empty() ? "" : ",") + percent_encode(name);
  }
  if (!wanted.empty())
    target += std::string{set.empty() ? "?" : "&"} + "snaps=" + wanted;
  return as_array(session.get(target));
}

void print_snapshot_sets(const json::array& sets, bool absolute_times) {
  table table{{"Set", "Snap", "Age", "Version", "Rev", "Size", "Notes"}};
  for (const auto& set : sets)
    for (const auto& item : array_of(as_object(set), "snapshots")) {
      const auto& snapshot = as_object(item);
      table.add({text_of(snapshot, "set"), text_of(snapshot, "snap"), age_of(snapshot, absolute_times),
                 or_dash(text_of(snapshot, "version")), text_of(snapshot, "revision"),
                 human_size(number_of(snapshot, "size")), notes_of(snapshot)});
    }
  table.print(std::cout);
}

std::shared_ptr<set_choice> add_set_choice(CLI::App& command) {
  auto choice = std::make_shared<set_choice>();
  command.add_option("ID", choice->set, "A set, as `troupe saved` lists it")->required()->type_name("");
  command.add_option("NAME", choice->names, "Only these snaps of the set")->type_name("");
  choice->change = add_change_options(command, true);
  return choice;
}

std::string start_change_on_set(session& session, const std::string& action, const set_choice& choice) {
  json::object request{{"action", action}, {"set", snapshot_set_from_text(choice.set)}};
  for (const auto& name : choice.names)
    check_instance_name(name);
  if (!choice.names.empty())
    request["snaps"] = json::array(choice.names.begin(), choice.names.end());
  choice.change->add_to(request);
  return session.start_change("/v2/snapshots", request);
}

std::string words_of(const set_choice& choice) {
  auto words = "snapshot set " + printable(choice.set);
  for (const auto& name : choice.names)
    words += (&name == &choice.names.front() ? " of " : ", ") + printable(name);
  return words;
}

} // namespace troupe::cli
