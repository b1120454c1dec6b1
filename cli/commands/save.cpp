#include "cli/commands/registry.hpp"
#include "cli/commands/snapshot_sets.hpp"
#include "cli/commands/wait.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

std::string start(session& session, const std::vector<std::string>& names,
                  const change_options& options) {
  json::object request{{"action", "snapshot"}};
  for (const auto& name : names)
    check_instance_name(name);
  if (!names.empty())
    request["snaps"] = json::array(names.begin(), names.end());
  options.add_to(request);
  return session.start_change("/v2/snaps", request);
}

} // namespace

void add_save(CLI::App& app, session& session) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto* command =
      app.add_subcommand("save", "Save snaps' data in a set of snapshots")->group(group::snapshots);
  command->add_option("NAME", *names, "Installed snaps; all unless given")->type_name("");
  auto options = add_change_options(*command, true);
  command->footer(
      "Examples:\n"
      "  troupe save\n"
      "  troupe save hello hello_two\n\n"
      "What is saved is the data of the current revision, the data of all revisions and the\n"
      "configuration; not what a snap keeps in users' homes. It is kept until\n"
      "'troupe forget'.");
  command->callback([&session, names, options] {
    session.action = [&session, names, options] {
      auto change = start(session, *names, *options);
      return finish(session, change, [&session, change](const json::object&) {
        // A set has the number of the change that makes it.
        print_snapshot_sets(snapshot_sets(session, change, {}), false);
      });
    };
  });
}

} // namespace troupe::cli
