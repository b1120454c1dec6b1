#include "cli/commands/change_choice.hpp"

#include <algorithm>
#include <iostream>

#include "cli/commands/output.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

std::shared_ptr<change_choice> add_change_choice(CLI::App& command) {
  auto choice = std::make_shared<change_choice>();
  command.add_option("ID", choice->id, "A change's id, as `troupe changes` lists it")->type_name("");
  command.add_option("--last", choice->last, "The last change of a kind: install, remove, enable, …")
      ->type_name("KIND");
  return choice;
}

std::optional<std::string> chosen_change(session& session, const change_choice& choice) {
  if (choice.id.empty() && choice.last.empty())
    throw failure{"cannot choose change: give its ID, or --last=KIND for the last of a kind"};
  if (!choice.id.empty() && !choice.last.empty())
    throw failure{"cannot choose change: give its ID or --last=KIND, not both"};
  if (choice.id.find_first_not_of("0123456789") != choice.id.npos)
    throw failure{failure_kind::not_found, "cannot find change with id \"" + printable(choice.id) + '"'};
  if (!choice.id.empty())
    return choice.id;
  auto kind = choice.last;
  bool optional = kind.ends_with('?');
  if (optional)
    kind.pop_back();
  auto changes = all_changes(session);
  auto found = std::find_if(changes.rbegin(), changes.rend(), [&kind](const json::value& item) {
    auto known = text_of(as_object(item), "kind");
    return known == kind || known == kind + "-snap";
  });
  if (found != changes.rend())
    return text_of(as_object(*found), "id");
  if (optional)
    return std::nullopt;
  throw failure{"cannot find change: there is none of kind \"" + kind + "\""};
}

json::array all_changes(session& session, const std::string& snap) {
  std::string target = "/v2/changes?select=all";
  if (!snap.empty())
    target += "&for=" + percent_encode(snap);
  auto changes = as_array(session.get(target));
  // Ids grow with time, and by length first.
  std::stable_sort(changes.begin(), changes.end(), [](const json::value& a, const json::value& b) {
    auto first = text_of(as_object(a), "id");
    auto second = text_of(as_object(b), "id");
    return std::pair{first.size(), first} < std::pair{second.size(), second};
  });
  return changes;
}

void print_changes(const json::array& changes, bool absolute_times) {
  table table{{"ID", "Status", "Spawn", "Ready", "Summary"}};
  for (const auto& item : changes) {
    const auto& change = as_object(item);
    table.add({text_of(change, "id"), text_of(change, "status"),
               human_time(text_of(change, "spawn-time"), absolute_times),
               human_time(text_of(change, "ready-time"), absolute_times), text_of(change, "summary")});
  }
  table.print(std::cout);
}

} // namespace troupe::cli
