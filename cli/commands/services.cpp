#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/service_names.hpp"

namespace troupe::cli {

namespace {

int services(session& session, const std::vector<std::string>& names) {
  auto answer = session.get("/v2/apps?select=service" + names_in_query(names, "&"));
  if (session.json) {
    print_json(answer);
    return exit_code::ok;
  }
  const auto& all = as_array(answer);
  if (all.empty()) {
    std::cerr << "No services are installed.\n";
    return exit_code::ok;
  }
  table table{{"Service", "Startup", "Current", "Kind"}};
  for (const auto& item : all) {
    const auto& service = as_object(item);
    table.add({text_of(service, "snap") + "." + text_of(service, "name"),
               flag_of(service, "enabled") ? "enabled" : "disabled",
               flag_of(service, "active") ? "active" : "inactive", text_of(service, "daemon")});
  }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_services(CLI::App& app, session& session) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("services", "List services of snaps")->group(group::services);
  command->add_option("NAME", *names, "A snap, or a service as SNAP.APP; all unless named")
      ->type_name("");
  command->footer("Examples:\n"
                  "  troupe services\n"
                  "  troupe services hello.web\n\n"
                  "Startup says whether a service is started with its snap and with the daemon.");
  command->callback(
      [&session, names] { session.action = [&session, names] { return services(session, *names); }; });
}

} // namespace troupe::cli
