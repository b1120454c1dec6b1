#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/progress.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

struct install_options {
  std::vector<std::string> files;
  std::string name;
  bool dangerous = false;
  bool devmode = false;
  bool classic = false;
  bool jailmode = false;
};

/// Throws failure unless the path names a plain file that we may read.
void check_file(const std::string& path) {
  auto refuse = [&path](const std::string& reason) {
    throw failure{"cannot open snap file \"" + path + "\": " + reason};
  };
  // Opening a pipe would wait for its other end, so that its type is looked at before.
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    refuse(std::strerror(errno));
  if (S_ISDIR(found.st_mode))
    refuse("it is a directory; `troupe pack` makes a snap file of one");
  if (!S_ISREG(found.st_mode))
    refuse("it isn't a plain file");
  auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    refuse(std::strerror(errno));
  ::close(file);
}

std::string upload(session& session, const install_options& options, const std::string& path) {
  std::vector<std::pair<std::string, std::string>> fields{{"action", "install"}};
  if (!options.name.empty())
    fields.emplace_back("name", options.name);
  fields.emplace_back("snap-path", path);
  const std::pair<const char*, bool> modes[] = {{"devmode", options.devmode},
                                                {"classic", options.classic},
                                                {"jailmode", options.jailmode},
                                                {"dangerous", options.dangerous}};
  for (auto [mode, wanted] : modes)
    if (wanted)
      fields.emplace_back(mode, "true");
  fields.emplace_back("transaction", "per-snap");
  progress bar{progress::chosen(true)};
  auto label = "Upload " + std::filesystem::path{path}.filename().string();
  return session.start_change("/v2/snaps", fields, path, [&](std::uint64_t sent, std::uint64_t total) {
    if (total > 0)
      bar.show_bar(label, sent, total);
  });
}

void print_installed(session& session, const json::object& change) {
  auto name = text_of(object_of(change, "data"), "snap-name");
  auto snaps = session.get("/v2/snaps?snaps=" + percent_encode(name));
  for (const auto& item : as_array(snaps)) {
    const auto& snap = as_object(item);
    std::cout << text_of(snap, "name") << ' ' << text_of(snap, "version") << " installed\n";
  }
}

/// Returns what --json prints for one file, or nothing where text has been printed.
std::optional<json::value> install_one(session& session, const install_options& options,
                                       const std::string& path) {
  auto change = upload(session, options, path);
  if (session.no_wait && session.json)
    return json::object{{"id", change}};
  if (session.no_wait) {
    std::cout << change << '\n';
    return std::nullopt;
  }
  auto ended = follow(session, change, on_interrupt::abort_change);
  if (session.json)
    return ended;
  print_installed(session, ended);
  return std::nullopt;
}

int install(session& session, const install_options& options) {
  if (options.files.size() > 1 && !options.name.empty())
    throw usage_error{"cannot use --name with more than one file"};
  for (const auto& file : options.files)
    check_file(file);
  json::array documents;
  for (const auto& file : options.files) {
    try {
      if (auto document = install_one(session, options, file))
        documents.push_back(std::move(*document));
    } catch (const api_error& error) {
      if (error.word() != "snap-already-installed")
        throw;
      if (!session.json || options.files.size() == 1) {
        report(session, error);
        continue;
      }
      documents.push_back(json::object{{"error", {{"message", error.what()}, {"kind", error.word()}}}});
    }
  }
  if (options.files.size() > 1 && session.json)
    print_json(documents);
  else if (!documents.empty())
    print_json(documents.front());
  return exit_code::ok;
}

} // namespace

void add_install(CLI::App& app, session& session) {
  auto options = std::make_shared<install_options>();
  auto* command = app.add_subcommand("install", "Install snap files")->group(group::snaps);
  command->add_option("FILE", options->files, "A .snap file; several are installed one after the other")
      ->required()
      ->type_name("");
  command->add_option("--name", options->name, "Install under this instance name, such as hello_two")
      ->type_name("NAME");
  command->add_flag("--dangerous", options->dangerous, "Accept a file that nobody has signed");
  command->add_flag("--devmode", options->devmode, "Don't confine it (implies --dangerous)");
  command->add_flag("--classic", options->classic, "Allow a snap that asks for no confinement");
  command->add_flag("--jailmode", options->jailmode, "Confine it even if it asks for devmode");
  command->footer("Examples:\n"
                  "  troupe install --dangerous ./hello_1.0_all.snap\n"
                  "  troupe install --dangerous --name hello_two ./hello_1.0_all.snap\n"
                  "  troupe install --no-wait --dangerous ./big.snap    # prints the change's id\n\n"
                  "If a step fails, or you press Ctrl-C, all that was done is undone.\n"
                  "With --json: the change, or a list of them for several files.");
  command->callback([&session, options] {
    session.action = [&session, options] { return install(session, *options); };
  });
}

} // namespace troupe::cli
