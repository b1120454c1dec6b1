#include <algorithm>
#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/snap_notes.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

struct list_options {
  std::vector<std::string> names;
  bool all = false;
};

std::string target_of(const list_options& options) {
  std::string names;
  for (const auto& name : options.names)
    names += (names.empty() ? "" : ",") + percent_encode(name);
  std::string target = "/v2/snaps";
  if (options.all)
    target += "?select=all";
  if (!names.empty())
    target += std::string{options.all ? "&" : "?"} + "snaps=" + names;
  return target;
}

int list(session& session, const list_options& options) {
  auto result = session.get(target_of(options));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  auto snaps = as_array(result);
  if (snaps.empty() && !options.names.empty())
    throw failure{"no matching snaps installed"};
  if (snaps.empty()) {
    std::cerr << "No snaps are installed yet. Try 'troupe install --dangerous FILE'.\n";
    return exit_code::ok;
  }
  std::stable_sort(snaps.begin(), snaps.end(), [](const json::value& a, const json::value& b) {
    return text_of(as_object(a), "name") < text_of(as_object(b), "name");
  });
  table table{{"Name", "Version", "Rev", "Tracking", "Publisher", "Notes"}};
  for (const auto& item : snaps) {
    const auto& snap = as_object(item);
    table.add({text_of(snap, "name"), or_dash(text_of(snap, "version")), text_of(snap, "revision"),
               or_dash(text_of(snap, "tracking-channel")),
               or_dash(text_of(object_of(snap, "publisher"), "username")), notes_of(snap)});
  }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_list(CLI::App& app, session& session) {
  auto options = std::make_shared<list_options>();
  auto* command = app.add_subcommand("list", "List installed snaps")->group(group::look);
  command->add_option("NAME", options->names, "Only these snaps")->type_name("");
  command->add_flag("--all", options->all, "All revisions, not only the current ones");
  command->footer("Examples:\n"
                  "  troupe list\n"
                  "  troupe list --all hello");
  command->callback(
      [&session, options] { session.action = [&session, options] { return list(session, *options); }; });
}

} // namespace troupe::cli
