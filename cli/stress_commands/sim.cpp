#include <chrono>
#include <cstdio>
#include <iostream>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "cli/stress_commands/registry.hpp"
#include "runtime/json/json.hpp"
#include "tests/sim/simulation.hpp"

namespace troupe::stress {

namespace {

using steady = std::chrono::steady_clock;

struct sim_options {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::uint64_t steps = sim::simulation_options{}.steps;
  std::uint64_t seconds = 0; ///< 0: as long as the runs take.
  bool without_faults = false;
  bool json = false;
};

/// What all runs came to together.
struct sum_of_runs {
  std::uint64_t runs = 0;
  std::uint64_t changes = 0;
  std::uint64_t messages = 0;
  double simulated_hours = 0;
  double real_seconds = 0;
  std::uint64_t digest = 0;
  std::map<std::string, std::uint64_t> hits;
  std::vector<sim::simulation_report> failed;

  void add(const sim::simulation_report& report) {
    ++runs;
    changes += report.changes;
    messages += report.messages;
    simulated_hours += std::chrono::duration<double, std::ratio<3600>>(report.simulated).count();
    digest = digest * 31 + report.digest;
    for (const auto& [what, count] : report.hits)
      hits[what] += count;
    if (!report.problem.empty())
      failed.push_back(report);
  }
};

sum_of_runs run_all(const sim_options& options) {
  sum_of_runs sum;
  const auto begin = steady::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady::now() - begin).count(); };
  const auto shows_progress = isatty(STDERR_FILENO) == 1;
  for (std::uint64_t run = 0; sum.failed.empty(); ++run) {
    if (options.seconds > 0 ? elapsed() >= static_cast<double>(options.seconds) : run == options.runs)
      break;
    sum.add(sim::simulate({options.seed + run, options.steps, !options.without_faults}));
    if (shows_progress && run % 20 == 0)
      std::fprintf(stderr, "\rseed %llu, %llu changes",
                   static_cast<unsigned long long>(options.seed + run),
                   static_cast<unsigned long long>(sum.changes));
  }
  if (shows_progress)
    std::fputs("\r\033[K", stderr);
  sum.real_seconds = elapsed();
  return sum;
}

std::string in_hex(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

void print_json(const sum_of_runs& sum) {
  json::object hits;
  for (const auto& [what, count] : sum.hits)
    hits[what] = count;
  json::array failed;
  for (const auto& report : sum.failed)
    failed.push_back(json::object{
        {"seed", report.seed},
        {"problem", report.problem},
        {"last-events", json::array(report.last_events.begin(), report.last_events.end())}});
  json::object document{{"runs", sum.runs},
                        {"changes", sum.changes},
                        {"messages", sum.messages},
                        {"simulated-hours", sum.simulated_hours},
                        {"real-seconds", sum.real_seconds},
                        {"digest", in_hex(sum.digest)},
                        {"hits", std::move(hits)},
                        {"failed", std::move(failed)}};
  std::cout << json::write(document) << '\n';
}

void print_text(const sum_of_runs& sum) {
  for (const auto& [what, count] : sum.hits)
    std::printf("%12llu  %s\n", static_cast<unsigned long long>(count), what.c_str());
  std::printf("%llu runs, %llu changes, %llu messages, digest %s\n",
              static_cast<unsigned long long>(sum.runs), static_cast<unsigned long long>(sum.changes),
              static_cast<unsigned long long>(sum.messages), in_hex(sum.digest).c_str());
  std::printf("%.1f simulated hours in %.1f s: %.1f hours a second\n", sum.simulated_hours,
              sum.real_seconds, sum.simulated_hours / std::max(sum.real_seconds, 0.001));
  for (const auto& report : sum.failed) {
    std::printf("\nseed %llu: %s\nThe last %zu events:\n", static_cast<unsigned long long>(report.seed),
                report.problem.c_str(), report.last_events.size());
    for (const auto& event : report.last_events)
      std::printf("  %s\n", event.c_str());
  }
}

int run(const sim_options& options) {
  spdlog::set_level(spdlog::level::off);
  auto sum = run_all(options);
  if (options.json)
    print_json(sum);
  else
    print_text(sum);
  return sum.failed.empty() ? 0 : 1;
}

} // namespace

void add_sim(CLI::App& app, std::function<int()>& action) {
  auto options = std::make_shared<sim_options>();
  auto* command =
      app.add_subcommand("sim", "Run the engine on a simulated host, with drawn work and faults");
  command->add_option("--seed", options->seed, "Where chance begins; the same seed gives the same run")
      ->capture_default_str();
  command->add_option("--runs", options->runs, "How many seeds, counting up")->capture_default_str();
  command->add_option("--steps", options->steps, "How long the part with faults is")
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "Run seeds for so long instead of --runs");
  command->add_flag("--without-faults", options->without_faults, "Requests, aborts and time only");
  command->add_flag("--json", options->json, "Print one JSON document");
  command->footer(
      "Example:\n"
      "  troupe-stress sim --seed 1 --runs 1000\n\n"
      "Prints how often each fault, transition and end was met. The first seed that breaks a rule\n"
      "ends the run, with its last 40 events.\n"
      "Exit codes: 0 no rule was broken, 1 one was, 64 a wrong command line.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

} // namespace troupe::stress
