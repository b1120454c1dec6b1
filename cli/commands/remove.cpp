#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

struct remove_options {
  std::vector<std::string> names;
  std::string revision;
  bool purge = false;
  std::shared_ptr<change_options> change;
};

std::string start(session& session, const remove_options& options) {
  json::object request{{"action", "remove"}};
  if (options.purge)
    request["purge"] = true;
  if (!options.revision.empty())
    request["revision"] = options.revision;
  return start_change_on(session, options.names, std::move(request), *options.change);
}

int remove(session& session, const remove_options& options) {
  if (options.names.size() > 1 && !options.revision.empty())
    throw usage_error{"cannot use --revision with more than one snap"};
  try {
    return finish(session, start(session, options), [&options](const json::object&) {
      for (const auto& name : options.names) {
        std::cout << printable(name);
        if (!options.revision.empty())
          std::cout << " (revision " << printable(options.revision) << ")";
        std::cout << " removed\n";
      }
    });
  } catch (const api_error& error) {
    if (error.word() != "snap-not-installed" || options.names.size() > 1)
      throw;
    report(session, error);
    return exit_code::ok;
  }
}

} // namespace

void add_remove(CLI::App& app, session& session) {
  auto options = std::make_shared<remove_options>();
  auto* command = app.add_subcommand("remove", "Remove snaps and their data")->group(group::snaps);
  command->add_option("NAME", options->names, "Installed snaps; several are removed in one change")
      ->required()
      ->type_name("");
  command->add_option("--revision", options->revision, "Remove only this revision, such as x1")
      ->type_name("REV");
  command->add_flag("--purge", options->purge, "Keep no snapshot of the data");
  options->change = add_change_options(*command, true);
  command->footer(
      "Examples:\n"
      "  troupe remove hello\n"
      "  troupe remove --purge hello hello_two\n"
      "  troupe remove hello --revision x1    # a former revision; the active one is refused\n\n"
      "A snapshot of an application's data is kept for 31 days: 'troupe saved' lists it, 'troupe\n"
      "restore' brings the data back once the snap is installed again.");
  command->callback([&session, options] {
    session.action = [&session, options] { return remove(session, *options); };
  });
}

} // namespace troupe::cli
