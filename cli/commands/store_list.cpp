#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/store_commands.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe::cli {

namespace {

std::string architectures_of(const snap_info& info) {
  std::string text;
  for (const auto& one : info.architectures)
    text += (text.empty() ? "" : ",") + one;
  return text.empty() ? "all" : text;
}

/// The channels that offer a revision now.
std::vector<std::string> channels_with(const store_snap& snap, revision rev) {
  std::vector<std::string> names;
  for (const auto& channel : snap.channels)
    if (!channel.is_closed && !channel.released.empty() && channel.released.back() == rev)
      names.push_back(channel.name);
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

json::object resource(const store_snap& snap) {
  json::array revisions;
  for (const auto& one : snap.revisions) {
    auto channels = channels_with(snap, one.rev);
    revisions.push_back(json::object{{"revision", to_string(one.rev)},
                                     {"version", one.info->version},
                                     {"architectures", architectures_of(*one.info)},
                                     {"added-at", to_rfc3339(one.added_at)},
                                     {"file", one.source.file},
                                     {"size", one.source.bytes},
                                     {"sha3-384", one.source.sha3_384},
                                     {"channels", json::array(channels.begin(), channels.end())}});
  }
  json::array closed;
  for (const auto& channel : snap.channels)
    if (channel.is_closed)
      closed.emplace_back(channel.name);
  return {{"name", snap.name},
          {"id", snap.id},
          {"publisher", snap.publisher.username},
          {"closed", std::move(closed)},
          {"revisions", std::move(revisions)}};
}

int list(session& session, const store_request& request) {
  auto document = request.keeper().read();
  if (session.json) {
    json::array snaps;
    for (const auto& [name, snap] : document.index.snaps)
      snaps.push_back(resource(snap));
    print_json(json::object{{"serial", document.serial}, {"snaps", std::move(snaps)}});
    return exit_code::ok;
  }
  if (document.index.snaps.empty()) {
    std::cerr << "The store is empty. Try 'troupe store add " << printable(request.directory)
              << " FILE --channel stable'.\n";
    return exit_code::ok;
  }
  table table{{"Name", "Version", "Rev", "Size", "Arch", "Publisher", "Offered in"}};
  for (const auto& [name, snap] : document.index.snaps)
    for (const auto& one : snap.revisions)
      table.add({name, or_dash(printable(one.info->version)), to_string(one.rev),
                 human_size(one.source.bytes), printable(architectures_of(*one.info)),
                 or_dash(printable(snap.publisher.username)),
                 or_dash(joined(channels_with(snap, one.rev)))});
  table.print(std::cout);
  return exit_code::ok;
}

int verify(session& session, const store_request& request) {
  auto faults = check_store(request.directory, request.keeper());
  if (session.json)
    print_json(json::object{{"ok", faults.empty()},
                            {"signed", request.keeper().public_key().has_value()},
                            {"faults", json::array(faults.begin(), faults.end())}});
  else
    for (const auto& fault : faults)
      std::cerr << printable(fault) << '\n';
  if (!session.json && faults.empty())
    std::cout << "All files are as the index says"
              << (request.keeper().public_key() ? ", and the index is signed.\n"
                                                : ". The index isn't signed.\n");
  return faults.empty() ? exit_code::ok : exit_code::failed;
}

} // namespace

void add_store_list(CLI::App& store, session& session) {
  auto request = std::make_shared<store_request>();
  auto* command = store.add_subcommand("list", "List the revisions and the channels that offer them");
  add_directory(*command, *request);
  command->footer("Example:\n  troupe store list /srv/snaps");
  command->callback(
      [&session, request] { session.action = [&session, request] { return list(session, *request); }; });
}

void add_store_verify(CLI::App& store, session& session) {
  auto request = std::make_shared<store_request>();
  auto* command = store.add_subcommand("verify", "Check the signature, and each file against the index");
  add_directory(*command, *request);
  command->footer("Example:\n"
                  "  troupe store verify /srv/snaps\n\n"
                  "Says what is wrong, a line each, and exits with 1 if anything is.");
  command->callback([&session, request] {
    session.action = [&session, request] { return verify(session, *request); };
  });
}

} // namespace troupe::cli
