#include <sys/utsname.h>

#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/version.hpp"

namespace troupe::cli {

namespace {

void print_facilities(const json::array& facilities) {
  std::cout << '\n';
  table table{{"Facility", "Chosen", "Detail"}};
  for (const auto& item : facilities) {
    const auto& facility = as_object(item);
    table.add(
        {text_of(facility, "name"), text_of(facility, "chosen"), or_dash(text_of(facility, "detail"))});
    for (const auto& rejected : array_of(facility, "rejected"))
      table.add({"", "not " + text_of(as_object(rejected), "name"),
                 or_dash(text_of(as_object(rejected), "why"))});
  }
  table.print(std::cout);
}

std::string kernel_of_host() {
  utsname host{};
  return uname(&host) == 0 ? host.release : "-";
}

void print_system(const json::object& system, const std::filesystem::path& root) {
  const auto& host = object_of(system, "os-release");
  std::pair<std::string, std::string> lines[] = {
      {"troupe", troupe::version},
      {"trouped", or_dash(text_of(system, "version"))},
      {"series", or_dash(text_of(system, "series"))},
      {text_of(host, "id"), or_dash(text_of(host, "version-id"))},
      {"kernel", or_dash(text_of(system, "kernel-version"))},
      {"root", root.string()},
  };
  for (const auto& [name, value] : lines)
    if (!name.empty())
      std::cout << name << std::string(name.size() < 9 ? 9 - name.size() : 1, ' ') << value << '\n';
}

int show_version(session& session, bool verbose) {
  json::value system;
  try {
    system = session.get("/v2/system-info");
  } catch (const failure&) {
    // Its own version is worth telling even if no daemon answers.
    if (!session.json)
      std::cout << "troupe   " << troupe::version << "\ntrouped  unavailable\nkernel   "
                << kernel_of_host() << '\n';
    throw;
  }
  json::value facilities;
  if (verbose)
    facilities = array_of(as_object(session.get("/v2/troupe/facilities")), "facilities");
  if (session.json) {
    json::object document{
        {"client", troupe::version}, {"root", session.root.string()}, {"system", system}};
    if (verbose)
      document["facilities"] = facilities;
    print_json(document);
    return exit_code::ok;
  }
  print_system(as_object(system), session.root);
  if (verbose)
    print_facilities(as_array(facilities));
  return exit_code::ok;
}

} // namespace

void add_version(CLI::App& app, session& session) {
  auto verbose = std::make_shared<bool>(false);
  auto* command =
      app.add_subcommand("version", "Show the versions of client, daemon and host")->group(group::look);
  command->add_flag("--verbose", *verbose, "And how the daemon uses this host, and why so");
  command->footer("Examples:\n"
                  "  troupe version\n"
                  "  troupe version --verbose\n\n"
                  "Exit code 1 if no daemon answers.");
  command->callback([&session, verbose] {
    session.action = [&session, verbose] { return show_version(session, *verbose); };
  });
}

} // namespace troupe::cli
