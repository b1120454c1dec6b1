#include <iostream>

#include "cli/commands/declaration_file.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/interfaces/declaration_cases.hpp"
#include "runtime/interfaces/declaration_yaml.hpp"
#include "runtime/limits.hpp"

namespace troupe::cli {

namespace {

int check_file(session& session, const std::string& file) {
  const auto found = declaration_from(read_declaration(file));
  if (session.json)
    print_json(json::object{{"plugs", found.plugs.size()}, {"slots", found.slots.size()}});
  else
    std::cout << printable(file) << ": rules for plugs of " << found.plugs.size()
              << " interfaces and slots of " << found.slots.size() << '\n';
  return exit_code::ok;
}

int evaluate_file(const std::string& file) {
  const auto table = json::parse(read_small_file(file, limits::declaration_cases_bytes));
  const auto* cases = table.if_array();
  if (!cases)
    throw failure{"cannot evaluate \"" + file + "\": it must be a JSON array of cases"};
  print_json(evaluate_cases(*cases));
  return exit_code::ok;
}

template <class Act>
void add_file_command(CLI::App& parent, session& session, const std::string& name,
                      const std::string& summary, const std::string& label, const std::string& footer,
                      Act act) {
  auto file = std::make_shared<std::string>();
  auto* command = parent.add_subcommand(name, summary);
  command->add_option(label, *file)->required()->type_name("");
  command->footer(footer);
  command->callback([&session, file, act] { session.action = [act, file] { return act(*file); }; });
}

} // namespace

json::object read_declaration(const std::string& file) {
  try {
    const auto text = read_small_file(file, limits::snap_yaml_bytes);
    declaration_from_yaml(text); // Knows the lines of what is wrong.
    return headers_from_yaml(text);
  } catch (const failure& fault) {
    throw failure{"cannot use declaration \"" + file + "\": " + fault.what()};
  }
}

void add_declaration(CLI::App& app, session& session) {
  auto* command = app.add_subcommand("declaration", "Check what declarations say of plugs and slots")
                      ->group(group::build);
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  troupe declaration check ./hello.declaration.yaml\n"
      "  troupe declaration eval ./cases.json | jq '.[] | select(.decision == \"error\")'\n\n"
      "Needs no daemon. docs/reference/declarations.md has the language and the cases' form.");
  add_file_command(*command, session, "check", "Look whether a declaration is well-formed", "FILE",
                   "Examples:\n  troupe declaration check ./hello.declaration.yaml\n\n"
                   "Names the line and the path of what is wrong.",
                   [&session](const std::string& file) { return check_file(session, file); });
  add_file_command(*command, session, "eval", "Answer a table of cases, as JSON", "CASES",
                   "Examples:\n  troupe declaration eval ./cases.json\n\n"
                   "CASES is a JSON array; the answers come in the same order.",
                   [](const std::string& file) { return evaluate_file(file); });
}

} // namespace troupe::cli
