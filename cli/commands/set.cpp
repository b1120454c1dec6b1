#include "cli/commands/options.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

struct set_request {
  std::string name;
  std::vector<std::string> assignments;
  bool as_text = false;
  bool as_json = false;
};

json::value value_of(const std::string& text, const set_request& wanted) {
  if (wanted.as_text)
    return json::value(text);
  try {
    return json::parse(text);
  } catch (const failure&) {
    if (wanted.as_json)
      throw usage_error{"cannot set options: \"" + text + "\" is not JSON"};
    return json::value(text);
  }
}

json::object values_of(const set_request& wanted) {
  json::object values;
  for (const auto& assignment : wanted.assignments) {
    auto end = assignment.find('=');
    if (end == assignment.npos && assignment.size() > 1 && assignment.ends_with('!')) {
      values[assignment.substr(0, assignment.size() - 1)] = nullptr;
      continue;
    }
    if (end == assignment.npos || end == 0)
      throw usage_error{"cannot set options: \"" + assignment +
                        "\" is not of the form KEY=VALUE, or KEY! to unset it"};
    values[assignment.substr(0, end)] = value_of(assignment.substr(end + 1), wanted);
  }
  return values;
}

} // namespace

void add_set(CLI::App& app, session& session) {
  auto wanted = std::make_shared<set_request>();
  auto* command = app.add_subcommand("set", "Set options")->group(group::options);
  command->add_option("NAME", wanted->name, "\"system\"")->required()->type_name("");
  command->add_option("KEY=VALUE", wanted->assignments, "What to set; KEY! brings back the default")
      ->required()
      ->type_name("");
  auto* text = command->add_flag("-s", wanted->as_text, "Take values as texts, whatever they look like");
  command->add_flag("-t", wanted->as_json, "Take values as JSON, and nothing else")->excludes(text);
  command->footer("Examples:\n"
                  "  troupe set system refresh.timer=mon-fri,23:00-01:00\n"
                  "  troupe set system refresh.retain=3 snapshots.automatic.retention=no\n\n"
                  "All that is named is set, or nothing.\n\n" +
                  system_options_help());
  command->callback([&session, wanted] {
    session.action = [&session, wanted] {
      return change_options_of(session, wanted->name, values_of(*wanted));
    };
  });
}

} // namespace troupe::cli
