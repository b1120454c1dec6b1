#include "cli/commands/service_change.hpp"

#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

struct service_options {
  std::vector<std::string> names;
  bool flag = false;
};

int change_services(session& session, const service_command_words& words, const service_options& options,
                    const change_options& how) {
  json::object request{{"action", words.verb},
                       {"names", json::array(options.names.begin(), options.names.end())}};
  if (options.flag)
    request[words.flag] = true;
  how.add_to(request);
  auto change = session.start_change("/v2/apps", request);
  return finish(session, change, [&](const json::object&) {
    std::cout << words.past;
    for (const auto& name : options.names)
      std::cout << ' ' << printable(name);
    std::cout << ".\n";
  });
}

} // namespace

void add_service_command(CLI::App& app, session& session, const service_command_words& words) {
  auto options = std::make_shared<service_options>();
  auto* command = app.add_subcommand(words.verb, words.description)->group(group::services);
  command
      ->add_option("NAME", options->names, "A snap, for all of its services, or a service as SNAP.APP")
      ->required()
      ->type_name("");
  command->add_flag("--" + words.flag, options->flag, words.flag_description);
  auto how = add_change_options(*command, true);
  command->footer(words.footer);
  command->callback([&session, words, options, how] {
    session.action = [&session, words, options, how] {
      return change_services(session, words, *options, *how);
    };
  });
}

} // namespace troupe::cli
