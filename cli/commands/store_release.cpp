#include <iostream>
#include <map>

#include "cli/commands/declaration_file.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/store_commands.hpp"

namespace troupe::cli {

namespace {

struct channel_request : store_request {
  std::string snap;
  std::string revision;
  std::string channel;
  std::string file;
  std::vector<std::string> aliases;
};

int release(session& session, const channel_request& request) {
  auto rev = revision_from_text(request.revision);
  if (!rev || rev->number <= 0)
    throw usage_error{"\"" + request.revision +
                      "\" is no revision of a store; it is a number such as 3"};
  auto channel = request.keeper().release(request.snap, *rev, request.channel);
  if (session.json)
    print_json(
        json::object{{"name", request.snap}, {"revision", to_string(*rev)}, {"channel", channel}});
  else
    std::cout << channel << " of " << request.snap << " offers revision " << to_string(*rev) << '\n';
  return exit_code::ok;
}

int close_channel(session& session, const channel_request& request) {
  auto channel = request.keeper().close(request.snap, request.channel);
  if (session.json)
    print_json(json::object{{"name", request.snap}, {"channel", channel}, {"closed", true}});
  else
    std::cout << channel << " of " << request.snap
              << " is closed: it offers what the next less risky channel does\n";
  return exit_code::ok;
}

int declare(session& session, const channel_request& request) {
  request.keeper().declare(request.snap, json::write(read_declaration(request.file)));
  if (session.json)
    print_json(json::object{{"name", request.snap}});
  else
    std::cout << "declared: " << request.snap << '\n';
  return exit_code::ok;
}

int set_aliases(session& session, const channel_request& request) {
  std::map<std::string, std::string> aliases;
  for (const auto& word : request.aliases) {
    auto cut = word.find('=');
    if (cut == word.npos || !aliases.emplace(word.substr(0, cut), word.substr(cut + 1)).second)
      throw usage_error{"\"" + word + "\" must be ALIAS=APPLICATION, and each alias stand there once"};
  }
  request.keeper().set_aliases(request.snap, aliases);
  if (session.json) {
    json::array document;
    for (const auto& [alias, app] : aliases)
      document.push_back(json::object{{"name", alias}, {"target", app}});
    print_json(json::object{{"name", request.snap}, {"aliases", std::move(document)}});
  } else if (aliases.empty()) {
    std::cout << request.snap << " has no automatic aliases\n";
  }
  for (const auto& [alias, app] : aliases)
    if (!session.json)
      std::cout << alias << " starts " << app << " of " << request.snap << '\n';
  return exit_code::ok;
}

/// A command about one snap.
template <class Run>
CLI::App* add_about_snap(CLI::App& store, session& session, const std::string& name,
                         const std::string& what, const std::shared_ptr<channel_request>& request,
                         Run run) {
  auto* command = store.add_subcommand(name, what);
  add_directory(*command, *request);
  command->add_option("NAME", request->snap, "A snap")->required()->type_name("");
  add_passphrase(*command, *request);
  command->callback([&session, request, run] {
    session.action = [&session, request, run] { return run(session, *request); };
  });
  return command;
}

} // namespace

void add_store_release(CLI::App& store, session& session) {
  auto request = std::make_shared<channel_request>();
  auto* command =
      add_about_snap(store, session, "release", "Let a channel offer a revision", request, release);
  command->add_option("REV", request->revision, "A revision of it")->required()->type_name("");
  command->add_option("CHANNEL", request->channel, "track/risk/branch")->required()->type_name("");
  command->footer("Examples:\n"
                  "  troupe store release /srv/snaps hello 3 stable\n"
                  "  troupe store release /srv/snaps hello 2 1.0/beta/fix\n\n"
                  "Opens the channel if it was closed.");
}

void add_store_close(CLI::App& store, session& session) {
  auto request = std::make_shared<channel_request>();
  auto* command = add_about_snap(store, session, "close",
                                 "Close a channel: it then offers what the next less risky one does",
                                 request, close_channel);
  command->add_option("CHANNEL", request->channel, "track/risk/branch")->required()->type_name("");
  command->footer("Example:\n"
                  "  troupe store close /srv/snaps hello edge\n\n"
                  "Hosts that track it follow beta, candidate or stable then, with a warning.");
}

void add_store_declare(CLI::App& store, session& session) {
  auto request = std::make_shared<channel_request>();
  auto* command = add_about_snap(store, session, "declare", "Set the rules for a snap's plugs and slots",
                                 request, declare);
  command->add_option("FILE", request->file, "A file with the YAML of a declaration")
      ->required()
      ->type_name("");
  command->footer("Example:\n"
                  "  troupe store declare /srv/snaps hello ./hello.declaration.yaml\n\n"
                  "Its form: docs/reference/declarations.md. A host takes it over when it installs or\n"
                  "refreshes the snap.");
}

void add_store_aliases(CLI::App& store, session& session) {
  auto request = std::make_shared<channel_request>();
  auto* command =
      add_about_snap(store, session, "aliases", "Set a snap's automatic aliases", request, set_aliases);
  command->add_option("ALIASES", request->aliases, "Each as ALIAS=APPLICATION; none: it has no more")
      ->type_name("");
  command->footer("Examples:\n"
                  "  troupe store aliases /srv/snaps hello hi=greet ciao=part\n"
                  "  troupe store aliases /srv/snaps hello    # it has none any more\n\n"
                  "They replace those that the snap had. A host takes them over when it installs or\n"
                  "refreshes the snap.");
}

} // namespace troupe::cli
