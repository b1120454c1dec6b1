#include <algorithm>

#include "cli/commands/change_options.hpp"
#include "cli/commands/changed_snaps.hpp"
#include "cli/commands/install_form.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/progress.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

std::string upload(session& session, const install_options& options, const change_options& change) {
  auto form = install_form(options);
  for (const auto& field : change.fields())
    form.fields.push_back(field);
  progress bar{progress::chosen(true)};
  auto label = options.files.size() == 1 ? "Upload " + form.files.front().filename().string()
                                         : "Upload " + std::to_string(options.files.size()) + " files";
  form.sent = [&](std::uint64_t sent, std::uint64_t total) {
    if (total > 0)
      bar.show_bar(label, sent, total);
  };
  return session.start_change_by_form("/v2/snaps", form);
}

int install(session& session, const install_options& options, const change_options& change) {
  try {
    auto files = std::ranges::count_if(options.files, names_file);
    if (files != 0 && static_cast<std::size_t>(files) != options.files.size())
      throw usage_error{"cannot install files and names at once; name them in two commands"};
    auto id = files > 0 ? upload(session, options, change)
                        : start_change_on(session, options.files, store_install(options), change);
    return finish(session, id, [&session](const json::object& ended) {
      print_notes(ended);
      print_snaps_of(session, ended, "installed");
    });
  } catch (const api_error& error) {
    if (error.word() != "snap-already-installed" || options.files.size() > 1)
      throw;
    report(session, error);
    return exit_code::ok;
  }
}

} // namespace

void add_install(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("install", "Install snaps, from a store or from files")->group(group::snaps);
  auto options = add_install_options(*command);
  auto change = add_change_options(*command, true);
  add_running_apps_options(*command, *change);
  command->footer(
      "Examples:\n"
      "  troupe install hello --channel beta\n"
      "  troupe install --dangerous ./hello_1.0_all.snap    # refreshes it where it is installed\n"
      "  troupe install --dangerous --name hello_two ./hello_1.0_all.snap\n"
      "  troupe install --dangerous ./base22.snap ./app.snap    # in one change, base22 first\n"
      "  troupe install --dangerous ./hello.snap --conflict wait=30s\n"
      "  troupe install --no-wait --dangerous ./big.snap    # prints the change's id\n\n"
      "If a step fails, or you press Ctrl-C, all that was done is undone. Of several snaps\n"
      "only those are that failed, or that need one that did; --transaction all-snaps undoes\n"
      "all. With --json: the change.");
  command->callback([&session, options, change] {
    session.action = [&session, options, change] { return install(session, *options, *change); };
  });
}

} // namespace troupe::cli
