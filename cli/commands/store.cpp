#include "cli/commands/registry.hpp"
#include "cli/commands/store_commands.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/limits.hpp"

namespace troupe::cli {

std::string store_request::passphrase() const {
  if (passphrase_file.empty())
    return {};
  auto text = read_small_file(passphrase_file, limits::store_key_file_bytes);
  text.resize(std::min(text.find('\n'), text.size()));
  if (text.empty())
    throw failure{"cannot use passphrase file \"" + passphrase_file + "\": its first line is empty"};
  return text;
}

store_keeper store_request::keeper() const { return {directory, passphrase()}; }

void add_directory(CLI::App& command, store_request& request) {
  command.add_option("DIR", request.directory, "The store's directory")->required()->type_name("");
}

void add_passphrase(CLI::App& command, store_request& request) {
  command
      .add_option("--passphrase-file", request.passphrase_file,
                  "A file whose first line is the secret key's passphrase")
      ->type_name("FILE");
}

void add_store(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("store", "Make and keep a store: a directory that hosts install from")
          ->group(group::build);
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  troupe store init /srv/snaps --key ~/store.key     # an empty store, signed\n"
      "  troupe store add /srv/snaps ./hello_1.0_all.snap --channel stable\n"
      "  troupe store list /srv/snaps\n\n"
      "Needs no daemon. Any web server that serves the directory's files makes it a store for\n"
      "other hosts; they name it in /etc/troupe/stores.yaml. Each command has a --help.");
  add_store_init(*command, session);
  add_store_add(*command, session);
  add_store_release(*command, session);
  add_store_close(*command, session);
  add_store_declare(*command, session);
  add_store_aliases(*command, session);
  add_store_list(*command, session);
  add_store_verify(*command, session);
}

} // namespace troupe::cli
