#include "cli/commands/options.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/rules/config_edit.hpp"

namespace troupe::cli {

namespace {

struct set_request {
  std::string name;
  std::vector<std::string> assignments;
  bool as_text = false;
  bool as_json = false;
};

json::object values_of(const set_request& wanted) {
  json::object values;
  try {
    for (const auto& assignment : wanted.assignments)
      add_assignment(values, assignment, wanted.as_text, wanted.as_json);
  } catch (const failure& why) {
    throw usage_error{why.what()};
  }
  return values;
}

} // namespace

void add_set(CLI::App& app, session& session) {
  auto wanted = std::make_shared<set_request>();
  auto* command = app.add_subcommand("set", "Set options")->group(group::options);
  command->add_option("NAME", wanted->name, "\"system\", or an installed snap")
      ->required()
      ->type_name("");
  command->add_option("KEY=VALUE", wanted->assignments, "What to set; KEY! unsets it")
      ->required()
      ->type_name("");
  auto* text = command->add_flag("-s", wanted->as_text, "Take values as texts, whatever they look like");
  command->add_flag("-t", wanted->as_json, "Take values as JSON, and nothing else")->excludes(text);
  command->footer("Examples:\n"
                  "  troupe set system refresh.timer=mon-fri,23:00-01:00\n"
                  "  troupe set system refresh.retain=3 snapshots.automatic.retention=no\n\n"
                  "  troupe set hello server.port=8080 server.name=web\n\n"
                  "All that is named is set, or nothing: the configure hook of a snap decides. A value\n"
                  "that is JSON is taken as such.\n\n" +
                  system_options_help());
  command->callback([&session, wanted] {
    session.action = [&session, wanted] {
      return change_options_of(session, wanted->name, values_of(*wanted));
    };
  });
}

} // namespace troupe::cli
