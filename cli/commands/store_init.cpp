#include <filesystem>
#include <iostream>
#include <optional>

#include "cli/commands/output.hpp"
#include "cli/commands/store_commands.hpp"

namespace troupe::cli {

namespace {

struct init_request : store_request {
  std::string key;
};

int init(session& session, const init_request& request) {
  std::optional<std::filesystem::path> key;
  if (!request.key.empty())
    key = request.key;
  store_keeper::init(request.directory, key, request.passphrase());
  auto made = request.keeper().public_key();
  auto where = std::filesystem::absolute(request.directory).lexically_normal().string();
  if (session.json) {
    json::object document{{"directory", where}};
    if (made)
      document["public-key"] = minisign::to_text(*made);
    print_json(document);
    return exit_code::ok;
  }
  std::cout << "made: " << printable(where)
            << "\n\nHosts use it by these lines in /etc/troupe/stores.yaml:\n"
            << "  - name: my-store\n    location: " << printable(where) << "\n    "
            << (made ? "key: " + minisign::to_text(*made) : "trust: none") << '\n';
  return exit_code::ok;
}

} // namespace

void add_store_init(CLI::App& store, session& session) {
  auto request = std::make_shared<init_request>();
  auto* command = store.add_subcommand("init", "Make an empty store");
  add_directory(*command, *request);
  command
      ->add_option("--key", request->key,
                   "The secret key that signs the store, outside of it; made if it isn't there")
      ->type_name("FILE");
  add_passphrase(*command, *request);
  command->footer(
      "Examples:\n"
      "  troupe store init /srv/snaps --key ~/store.key\n"
      "  troupe store init /srv/try                       # unsigned, for trying things out\n\n"
      "Prints what goes into stores.yaml. The keys are minisign's; keep a copy of the secret one:\n"
      "without it the store can't be changed any more.");
  command->callback(
      [&session, request] { session.action = [&session, request] { return init(session, *request); }; });
}

} // namespace troupe::cli
