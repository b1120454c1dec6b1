#include "cli/commands/metadata.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/snap/snap_info_json.hpp"

namespace troupe::cli {

void add_inspect(CLI::App& app, session& session) {
  auto path = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("inspect", "Print what a snap file or directory says of itself, as JSON")
          ->group(group::build);
  command->add_option("PATH", *path, "A .snap file, or a directory with meta/snap.yaml")
      ->required()
      ->type_name("");
  command->footer("Examples:\n"
                  "  troupe inspect ./hello_1.0_all.snap\n"
                  "  troupe inspect ./hello | jq .apps\n\n"
                  "Needs no daemon. Fails with the line if the metadata is wrong.");
  command->callback([&session, path] {
    session.action = [path] {
      print_json(to_json(read_metadata(*path)));
      return exit_code::ok;
    };
  });
}

} // namespace troupe::cli
