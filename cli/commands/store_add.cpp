#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/store_commands.hpp"

namespace troupe::cli {

namespace {

struct store_add_request : store_request {
  std::vector<std::string> files;
  std::vector<std::string> channels;
  std::string publisher;
  std::string publisher_name;
};

int add(session& session, const store_add_request& request) {
  add_options options{.channels = request.channels, .publisher = {}};
  if (request.publisher.empty() && !request.publisher_name.empty())
    throw usage_error{"--publisher-name needs --publisher"};
  if (!request.publisher.empty())
    options.publisher = publisher{
        .id = request.publisher,
        .username = request.publisher,
        .display_name = request.publisher_name.empty() ? request.publisher : request.publisher_name,
        .validation = "unproven"};
  auto added = request.keeper().add({request.files.begin(), request.files.end()}, options);
  json::array document;
  for (const auto& one : added) {
    std::string channels;
    for (const auto& channel : one.channels)
      channels += (channels.empty() ? "" : ", ") + channel;
    if (!session.json)
      std::cout << "added: revision " << to_string(one.rev) << " of " << one.snap << " ("
                << printable(one.version) << "), "
                << (channels.empty() ? "in no channel yet; offer it by: troupe store release " +
                                           printable(request.directory) + " " + one.snap + " " +
                                           to_string(one.rev) + " stable"
                                     : "in " + channels)
                << '\n';
    document.push_back(
        json::object{{"name", one.snap},
                     {"version", one.version},
                     {"revision", to_string(one.rev)},
                     {"channels", json::array(one.channels.begin(), one.channels.end())}});
  }
  if (session.json)
    print_json(document);
  return exit_code::ok;
}

} // namespace

void add_store_add(CLI::App& store, session& session) {
  auto request = std::make_shared<store_add_request>();
  auto* command = store.add_subcommand("add", "Add snap files, as the next revisions of their snaps");
  add_directory(*command, *request);
  command->add_option("FILE", request->files, "A .snap file")->required()->type_name("");
  command
      ->add_option("--channel", request->channels,
                   "Release them to this channel, track/risk/branch; may be given more than once")
      ->type_name("CHANNEL")
      ->allow_extra_args(false);
  command->add_option("--publisher", request->publisher, "Who publishes these snaps")->type_name("NAME");
  command->add_option("--publisher-name", request->publisher_name, "The publisher's name for people")
      ->type_name("TEXT");
  add_passphrase(*command, *request);
  command->footer(
      "Examples:\n"
      "  troupe store add /srv/snaps ./hello_1.0_all.snap --channel stable\n"
      "  troupe store add /srv/snaps ./hello_1.1_all.snap --channel 1.1/beta --channel edge\n\n"
      "All of the files are added, or none. Adding the same file twice is refused.");
  command->callback(
      [&session, request] { session.action = [&session, request] { return add(session, *request); }; });
}

} // namespace troupe::cli
