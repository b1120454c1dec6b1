#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

int notice(session& session, const std::string& id) {
  auto found = session.get("/v2/notices/" + percent_encode(id));
  if (session.json) {
    print_json(found);
    return exit_code::ok;
  }
  const auto& fields = as_object(found);
  auto user = text_of(fields, "user-id");
  std::cout << "id:              " << text_of(fields, "id") << '\n'
            << "user:            " << (user.empty() ? "all" : user) << '\n'
            << "type:            " << text_of(fields, "type") << '\n'
            << "key:             " << text_of(fields, "key") << '\n'
            << "first-occurred:  " << text_of(fields, "first-occurred") << '\n'
            << "last-occurred:   " << text_of(fields, "last-occurred") << '\n'
            << "last-repeated:   " << text_of(fields, "last-repeated") << '\n'
            << "occurrences:     " << text_of(fields, "occurrences") << '\n'
            << "expire-after:    " << text_of(fields, "expire-after") << '\n';
  const auto& data = object_of(fields, "last-data");
  if (!data.empty())
    std::cout << "last-data:\n";
  for (const auto& item : data)
    std::cout << "  " << printable(item.key()) << ": " << text_of(data, item.key()) << '\n';
  return exit_code::ok;
}

} // namespace

void add_notice(CLI::App& app, session& session) {
  auto id = std::make_shared<std::string>();
  auto* command = app.add_subcommand("notice", "Show all of one notice")->group(group::look);
  command->add_option("ID", *id, "Its number in 'troupe notices'")->required()->type_name("");
  command->footer("Example:\n"
                  "  troupe notice 12");
  command->callback(
      [&session, id] { session.action = [&session, id] { return notice(session, *id); }; });
}

} // namespace troupe::cli
