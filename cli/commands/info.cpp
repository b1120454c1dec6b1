#include <iostream>
#include <sstream>

#include "cli/commands/metadata.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/snap_notes.hpp"
#include "runtime/api/target.hpp"
#include "runtime/snap/snap_info_json.hpp"
#include "runtime/snap/words.hpp"

namespace troupe::cli {

namespace {

constexpr std::size_t label_columns = 14;

void print_line(const std::string& label, const std::string& text) {
  std::cout << label << ':' << std::string(label_columns - label.size() - 1, ' ') << text << '\n';
}

void print_block(const std::string& label, const std::string& text) {
  std::cout << label << ": |\n";
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    std::cout << "  " << line << '\n';
}

/// The command that starts an application.
std::string command_of(const std::string& snap, const std::string& app) {
  auto plain = snap.substr(0, snap.find('_'));
  return app == plain ? snap : snap + "." + app;
}

std::string service_of(const json::object& app) {
  auto text = text_of(app, "daemon");
  // A file's services have no state yet.
  if (app.contains("enabled"))
    text += flag_of(app, "enabled") ? ", enabled" : ", disabled";
  if (app.contains("active"))
    text += flag_of(app, "active") ? ", active" : ", inactive";
  return text;
}

void print_apps(const json::object& snap, bool services) {
  auto name = text_of(snap, "name");
  bool first = true;
  for (const auto& item : array_of(snap, "apps")) {
    const auto& app = as_object(item);
    if (text_of(app, "daemon").empty() == services)
      continue;
    if (first)
      std::cout << (services ? "services:\n" : "commands:\n");
    first = false;
    if (services)
      std::cout << "  " << name << '.' << text_of(app, "name") << ": " << service_of(app) << '\n';
    else
      std::cout << "  - " << command_of(name, text_of(app, "name")) << '\n';
  }
}

void print_hooks(const json::object& snap) {
  std::string names;
  for (const auto& item : array_of(snap, "hooks")) {
    auto name = item.is_string() ? printable(item.get_string()) : text_of(as_object(item), "name");
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty())
    print_line("hooks", names);
}

void print_common(const json::object& snap) {
  print_line("name", text_of(snap, "name"));
  print_line("summary", or_dash(text_of(snap, "summary")));
  const auto& publisher = object_of(snap, "publisher");
  print_line("publisher", or_dash(text_of(publisher, "display-name")));
  auto license = text_of(snap, "license");
  print_line("license", license.empty() ? "unset" : license);
  if (auto description = text_of(snap, "description"); !description.empty())
    print_block("description", description);
  print_apps(snap, false);
  print_apps(snap, true);
  print_hooks(snap);
  auto type = text_of(snap, "type");
  if (type != "app" && !type.empty())
    print_line("type", type);
  if (auto base = text_of(snap, "base"); !base.empty())
    print_line("base", base);
}

/// What the snap has said of itself, and of which revision if not of the current one.
void print_health(const json::object& health, const std::string& current) {
  if (health.empty())
    return;
  print_line("health", text_of(health, "status"));
  auto print_detail = [](const std::string& label, const std::string& text) {
    if (!text.empty())
      print_line("  " + label, text);
  };
  print_detail("message", text_of(health, "message"));
  print_detail("code", text_of(health, "code"));
  print_detail("since", human_time(text_of(health, "timestamp")));
  if (text_of(health, "revision") != current)
    print_detail("revision", text_of(health, "revision"));
}

/// Why refreshes of all snaps pass over some revisions.
void print_bad_revisions(const json::object& snap) {
  for (const auto& item : array_of(snap, "bad-revisions")) {
    const auto& bad = as_object(item);
    print_line("bad", text_of(bad, "revision") + " failed " + human_time(text_of(bad, "since")) + ": " +
                          text_of(bad, "reason"));
  }
}

void print_channels(const json::object& channels) {
  if (!channels.empty())
    std::cout << "channels:\n";
  for (const auto& [name, item] : channels) {
    const auto& offered = as_object(item);
    std::cout << "  " << printable(name) << ": " << text_of(offered, "version") << " ("
              << text_of(offered, "revision") << ") " << human_size(number_of(offered, "size")) << '\n';
  }
}

void print_installed(const json::object& snap) {
  print_common(snap);
  if (auto host = text_of(snap, "runs-on"); !host.empty())
    print_line("runs-on", host);
  if (auto tracking = text_of(snap, "tracking-channel"); !tracking.empty())
    print_line("tracking", tracking);
  print_health(object_of(snap, "health"), text_of(snap, "revision"));
  print_bad_revisions(snap);
  print_line("refresh-date", human_time(text_of(snap, "install-date")));
  print_line("installed", text_of(snap, "version") + " (" + text_of(snap, "revision") + ") " +
                              human_size(number_of(snap, "installed-size")) + " " + notes_of(snap));
  print_channels(object_of(snap, "channels"));
}

/// A snap that a store has and this host hasn't.
void print_offered(const json::object& snap) {
  print_common(snap);
  print_line("store", text_of(snap, "version") + " (" + text_of(snap, "revision") + ") " +
                          human_size(number_of(snap, "download-size")));
  print_channels(object_of(snap, "channels"));
}

/// A file's metadata in the shape in which the API gives an installed snap.
json::object as_api_gives(const snap_info& info) {
  json::array apps;
  for (const auto& app : info.apps)
    apps.push_back(json::object{{"name", app.name}, {"daemon", app.daemon}});
  json::array hooks;
  for (const auto& hook : info.hooks)
    hooks.emplace_back(hook.name);
  return {{"name", info.name},       {"summary", info.summary},    {"description", info.description},
          {"license", info.license}, {"type", to_word(info.type)}, {"base", info.base},
          {"apps", std::move(apps)}, {"hooks", std::move(hooks)}};
}

void print_file(const std::string& path, const snap_info& info) {
  print_line("path", printable("\"" + path + "\""));
  print_common(as_api_gives(info));
  print_line("version", printable(info.version));
  if (info.image_bytes > 0)
    print_line("size", human_size(info.image_bytes));
}

/// What a store says of a snap; empty where none has it or can be read.
json::object offered(session& session, const std::string& name) {
  try {
    auto found = session.get("/v2/find?name=" + percent_encode(name));
    const auto& snaps = as_array(found);
    return snaps.empty() ? json::object{} : as_object(snaps.front());
  } catch (const api_error&) {
    return {};
  }
}

/// An installed snap with the channels that its store has, else what a store has of that name. Throws
/// like get where neither is.
json::object snap_document(session& session, const std::string& name) {
  auto in_store = offered(session, name);
  try {
    auto installed = as_object(session.get("/v2/snaps/" + percent_encode(name)));
    auto is_same =
        !text_of(installed, "id").empty() && text_of(installed, "id") == text_of(in_store, "id");
    if (is_same)
      installed["channels"] = object_of(in_store, "channels");
    return installed;
  } catch (const api_error& error) {
    if (error.word() != "snap-not-found" || in_store.empty())
      throw;
    return in_store;
  }
}

json::value document_of(session& session, const std::string& argument) {
  if (!means_path(argument))
    return snap_document(session, argument);
  auto document = to_json(read_metadata(argument));
  document["path"] = argument;
  return document;
}

int info(session& session, const std::vector<std::string>& arguments) {
  json::array documents;
  bool first = true;
  for (const auto& argument : arguments) {
    if (session.json) {
      documents.push_back(document_of(session, argument));
      continue;
    }
    if (!first)
      std::cout << "---\n";
    first = false;
    if (means_path(argument)) {
      print_file(argument, read_metadata(argument));
      continue;
    }
    auto document = snap_document(session, argument);
    if (text_of(document, "status") == "available")
      print_offered(document);
    else
      print_installed(document);
  }
  if (documents.size() == 1)
    print_json(documents.front());
  else if (session.json)
    print_json(documents);
  return exit_code::ok;
}

} // namespace

void add_info(CLI::App& app, session& session) {
  auto arguments = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("info", "Show all about a snap or a snap file")->group(group::look);
  command
      ->add_option("NAME|FILE", *arguments,
                   "A snap that is installed or in a store, a .snap file or a snap's directory")
      ->required()
      ->type_name("");
  command->footer("Examples:\n"
                  "  troupe info hello\n"
                  "  troupe info ./hello_1.0_all.snap    # needs no daemon");
  command->callback([&session, arguments] {
    session.action = [&session, arguments] { return info(session, *arguments); };
  });
}

} // namespace troupe::cli
