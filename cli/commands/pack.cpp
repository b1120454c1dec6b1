#include "runtime/snap/pack.hpp"

#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

struct pack_request {
  std::string directory;
  std::string output;
  pack_options options;
};

int pack_directory(session& session, const pack_request& request) {
  auto built = pack(request.directory, request.output, request.options);
  if (session.json)
    print_json(json::object{{"path", built.string()}});
  else
    std::cout << "built: " << printable(built.string()) << '\n';
  return exit_code::ok;
}

} // namespace

void add_pack(CLI::App& app, session& session) {
  auto request = std::make_shared<pack_request>();
  auto* command = app.add_subcommand("pack", "Make a .snap file of a directory")->group(group::build);
  command->add_option("DIR", request->directory, "A directory with meta/snap.yaml")
      ->required()
      ->type_name("");
  command->add_option("OUT", request->output, "Where to put the file, or its path")->type_name("");
  command->add_option("--compression", request->options.compression, "xz, lzo, zstd, gzip or lz4")
      ->type_name("NAME")
      ->capture_default_str();
  command->footer("Examples:\n"
                  "  troupe pack ./hello                 # makes hello_1.0_all.snap here\n"
                  "  troupe pack ./hello /tmp --compression zstd\n\n"
                  "Needs no daemon, but mksquashfs (package squashfs-tools).");
  command->callback([&session, request] {
    session.action = [&session, request] { return pack_directory(session, *request); };
  });
}

} // namespace troupe::cli
