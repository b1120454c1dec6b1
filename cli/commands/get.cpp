#include <iostream>

#include "cli/commands/options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

struct get_request {
  std::string name;
  std::vector<std::string> keys;
  bool as_document = false;
};

std::string text_of_value(const json::value& value) {
  return value.is_string() ? printable(value.get_string()) : printable(json::write(value));
}

/// A row for each value, with its dotted name.
void add_rows(table& into, const std::string& name, const json::value& value) {
  if (!value.is_object() || value.get_object().empty())
    return into.add({printable(name), text_of_value(value)});
  for (const auto& [key, child] : value.get_object())
    add_rows(into, (name.empty() ? "" : name + ".") + std::string{key}, child);
}

json::object read_options(session& session, const get_request& wanted) {
  std::string keys;
  for (const auto& key : wanted.keys)
    keys += (keys.empty() ? "?keys=" : ",") + percent_encode(key);
  return as_object(session.get(options_target(wanted.name) + keys));
}

int get(session& session, const get_request& wanted) {
  auto values = read_options(session, wanted);
  if (session.json || wanted.as_document) {
    print_json(values);
    return exit_code::ok;
  }
  const auto* only = wanted.keys.size() == 1 ? values.if_contains(wanted.keys.front()) : nullptr;
  if (only && !only->is_object()) {
    std::cout << text_of_value(*only) << '\n';
    return exit_code::ok;
  }
  if (values.empty()) {
    std::cerr << "No option of " << printable(wanted.name) << " is set.\n";
    return exit_code::ok;
  }
  table table{{"Key", "Value"}};
  add_rows(table, {}, values);
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_get(CLI::App& app, session& session) {
  auto wanted = std::make_shared<get_request>();
  auto* command = app.add_subcommand("get", "Show options that are set")->group(group::options);
  command->add_option("NAME", wanted->name, "\"system\", or an installed snap")
      ->required()
      ->type_name("");
  command->add_option("KEY", wanted->keys, "Only these, such as refresh.timer; all unless named")
      ->type_name("");
  command->add_flag("-d", wanted->as_document, "As a JSON document");
  command->footer("Examples:\n"
                  "  troupe get system\n"
                  "  troupe get system refresh.timer\n\n" +
                  system_options_help());
  command->callback(
      [&session, wanted] { session.action = [&session, wanted] { return get(session, *wanted); }; });
}

} // namespace troupe::cli
