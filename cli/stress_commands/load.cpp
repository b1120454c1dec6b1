#include <iostream>

#include "cli/load/load_report.hpp"
#include "cli/stress_commands/registry.hpp"
#include "messages/failure.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe::stress {

namespace {

constexpr std::size_t most_clients = 256;
constexpr std::size_t most_snaps = 500;
constexpr double most_seconds = 7 * 24 * 3600;
constexpr double most_per_second = 100'000;

struct load_command {
  load::load_options options;
  std::string socket;
  std::string root = "/";
  double seconds = 60;
  bool json = false;
  std::string report;
};

int run(load_command command) {
  command.options.socket = command.socket.empty() ? layout{command.root}.troupe_socket()
                                                  : std::filesystem::path{command.socket};
  command.options.length =
      std::chrono::duration<double>(command.options.operations > 0 ? most_seconds : command.seconds);
  // A report that can't be written is told before the load, and not after it.
  if (!command.report.empty())
    report::check_report_file(command.report);
  auto result = load::run_load(command.options);
  if (command.json)
    std::cout << json::write(load::json_of(result)) << '\n';
  else
    std::cout << load::text_of(result);
  if (!command.report.empty())
    report::write_report(load::html_of(result), command.report);
  return result.held() ? 0 : 1;
}

} // namespace

void add_load(CLI::App& app, std::function<int()>& action) {
  auto chosen = std::make_shared<load_command>();
  auto& options = chosen->options;
  auto* command = app.add_subcommand("load", "Load a running daemon with many operations at a time");
  auto* socket =
      command->add_option("--socket", chosen->socket, "The daemon's socket")->type_name("PATH");
  command->add_option("--root", chosen->root, "Or the directory that the daemon lives under")
      ->type_name("DIR")
      ->envname("TROUPE_ROOT")
      ->excludes(socket)
      ->capture_default_str();
  command->add_option("--clients", options.clients, "How many operations at a time, at most")
      ->check(CLI::Range(std::size_t{1}, most_clients))
      ->capture_default_str();
  command
      ->add_option("--rate", options.per_second, "Operations a second; as fast as it goes unless given")
      ->check(CLI::Range(0.001, most_per_second));
  auto* seconds = command->add_option("--seconds", chosen->seconds, "How long")
                      ->check(CLI::Range(0.1, most_seconds))
                      ->capture_default_str();
  command->add_option("--operations", options.operations, "How many operations, instead of --seconds")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->excludes(seconds);
  command->add_option("--snaps", options.snaps, "How many snaps to pack and work on, beside their base")
      ->check(CLI::Range(std::size_t{1}, most_snaps))
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Where chance begins")->capture_default_str();
  command->add_flag("--json", chosen->json, "Print one JSON document");
  command->add_option("--report", chosen->report, "Write a report with plots, too")
      ->type_name("FILE.html");
  command->footer(
      "Example:\n"
      "  trouped --root /tmp/demo &\n"
      "  troupe-stress load --root /tmp/demo --clients 8 --seconds 60 --report /tmp/load.html\n\n"
      "Installs (also ones that fail, and several files at a time), removes, disables, enables, aborts\n"
      "and reads, with snaps of its own: all are called troupe-load-..., other snaps aren't touched, "
      "and\n"
      "none is left. It needs mksquashfs, and the rights to change snaps. Ctrl-C ends it in order.\n\n"
      "Latency counts from the moment at which an operation was due, as answered (accepted) and as "
      "ready.\n"
      "At the end: every change is ready and known, each ended as meant, the daemon lists what they "
      "say,\n"
      "and nothing of the snaps is left below its root. Its descriptors at rest are flat if they are "
      "at\n"
      "most 8 more than before. Its memory is flat if the median of the last third is at most 1.25 "
      "times\n"
      "that of the second third and 8 MiB; loads below 30 s aren't judged.\n"
      "Exit codes: 0 all held, 1 something broke or the load couldn't run, 64 a wrong command line.");
  command->callback([chosen, &action] { action = [chosen] { return run(*chosen); }; });
}

} // namespace troupe::stress
