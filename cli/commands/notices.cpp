#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

struct notices_options {
  std::vector<std::string> types;
  bool absolute = false;
};

/// A key is one line of a table, though that of a warning is a whole message.
std::string short_key(const json::object& notice) {
  constexpr std::size_t columns = 60;
  auto key = text_of(notice, "key");
  return clipped(key.substr(0, key.find('\n')), columns);
}

int notices(session& session, const notices_options& options) {
  std::string types;
  for (const auto& type : options.types)
    types += (types.empty() ? "?types=" : "%2C") + percent_encode(type);
  auto found = session.get("/v2/notices" + types);
  if (session.json) {
    print_json(found);
    return exit_code::ok;
  }
  if (as_array(found).empty()) {
    std::cerr << "no notices found\n";
    return exit_code::ok;
  }
  table table{{"ID", "User", "Type", "Key", "First", "Repeated", "Occurrences"}};
  for (const auto& item : as_array(found)) {
    const auto& notice = as_object(item);
    auto user = text_of(notice, "user-id");
    table.add({text_of(notice, "id"), user.empty() ? "all" : user, text_of(notice, "type"),
               short_key(notice), human_time(text_of(notice, "first-occurred"), options.absolute),
               human_time(text_of(notice, "last-repeated"), options.absolute),
               text_of(notice, "occurrences")});
  }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_notices(CLI::App& app, session& session) {
  auto options = std::make_shared<notices_options>();
  auto* command =
      app.add_subcommand("notices", "List what happened lately, the newest last")->group(group::look);
  command
      ->add_option("--type", options->types, "Only these, such as change-update or warning; repeatable")
      ->type_name("TYPE")
      ->allow_extra_args(false);
  command->add_flag("--abs-time", options->absolute, "Show times as RFC 3339");
  command->footer("Examples:\n"
                  "  troupe notices\n"
                  "  troupe notices --type change-update --type warning");
  command->callback([&session, options] {
    session.action = [&session, options] { return notices(session, *options); };
  });
}

} // namespace troupe::cli
