#include <iostream>

#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

struct history_options {
  std::string snap;
  std::size_t limit = limits::history_answer_default_changes;
  bool absolute = false;
};

int history(session& session, const history_options& options) {
  auto target = "/v2/troupe/history?limit=" + std::to_string(options.limit);
  if (!options.snap.empty()) {
    check_instance_name(options.snap);
    target += "&snap=" + percent_encode(options.snap);
  }
  auto found = session.get(target);
  if (session.json) {
    print_json(found);
    return exit_code::ok;
  }
  if (as_array(found).empty()) {
    std::cerr << "no ended changes found\n";
    return exit_code::ok;
  }
  print_changes(as_array(found), options.absolute);
  return exit_code::ok;
}

} // namespace

void add_history(CLI::App& app, session& session) {
  auto options = std::make_shared<history_options>();
  auto* command = app.add_subcommand("history", "List ended changes, the newest first, however old")
                      ->group(group::changes);
  command->add_option("SNAP", options->snap, "Only changes of this snap")->type_name("");
  command->add_option("--limit", options->limit, "At most so many")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, limits::history_answer_changes))
      ->capture_default_str();
  command->add_flag("--abs-time", options->absolute, "Show times as RFC 3339");
  command->footer("Tasks and logs are kept of the last changes only: see 'troupe tasks'. Examples:\n"
                  "  troupe history\n"
                  "  troupe history hello --limit 10");
  command->callback([&session, options] {
    session.action = [&session, options] { return history(session, *options); };
  });
}

} // namespace troupe::cli
