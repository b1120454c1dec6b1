#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

int find(session& session, const std::vector<std::string>& words) {
  std::string search;
  for (const auto& word : words)
    search += (search.empty() ? "" : " ") + word;
  auto result = session.get("/v2/find?q=" + percent_encode(search));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& snaps = as_array(result);
  if (snaps.empty())
    throw failure{search.empty() ? "cannot find snaps: no store that has any is set up"
                                 : "cannot find snaps: none has \"" + search +
                                       "\" in its name, title, summary or description"};
  table table{{"Name", "Version", "Publisher", "Notes", "Summary"}};
  for (const auto& item : snaps) {
    const auto& snap = as_object(item);
    auto is_classic = text_of(snap, "confinement") == "classic";
    table.add({text_of(snap, "name"), or_dash(text_of(snap, "version")),
               or_dash(text_of(object_of(snap, "publisher"), "username")), is_classic ? "classic" : "-",
               printable(text_of(snap, "summary"))});
  }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_find(CLI::App& app, session& session) {
  auto words = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("find", "Look for snaps in the stores")->group(group::look);
  command->add_option("WORD", *words, "Words that a snap's name or texts have; all snaps without")
      ->type_name("");
  command->footer("Examples:\n"
                  "  troupe find\n"
                  "  troupe find web server");
  command->callback(
      [&session, words] { session.action = [&session, words] { return find(session, *words); }; });
}

} // namespace troupe::cli
