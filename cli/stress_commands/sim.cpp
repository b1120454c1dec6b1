#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "cli/report/html_report.hpp"
#include "cli/stress_commands/registry.hpp"
#include "cli/stress_commands/sum_of_runs.hpp"
#include "runtime/json/json.hpp"
#include "tests/sim/shrink.hpp"

namespace troupe::stress {

namespace {

using steady = std::chrono::steady_clock;

struct sim_options {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::uint64_t seconds = 0; ///< 0: as long as the runs take.
  sim::simulation_options each;
  bool without_faults = false;
  bool shrinks = false;
  bool needs_all = false;
  bool json = false;
  bool verbose = false;
  std::string report;
};

/// One line on a terminal that is written again and again.
class progress_line {
public:
  ~progress_line() {
    if (is_shown_)
      std::fputs("\r\033[K", stderr);
  }
  template <class... Values>
  void show(const char* format, Values... values) {
    if (!is_shown_)
      return;
    std::fputs("\r\033[K", stderr);
    std::fprintf(stderr, format, static_cast<unsigned long long>(values)...);
  }

private:
  bool is_shown_ = isatty(STDERR_FILENO) == 1;
};

sum_of_runs run_all(const sim_options& options) {
  sum_of_runs sum;
  progress_line line;
  const auto begin = steady::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(steady::now() - begin).count(); };
  auto each = options.each;
  each.faults = !options.without_faults;
  for (std::uint64_t run = 0; sum.failed.empty(); ++run) {
    if (options.seconds > 0 ? elapsed() >= static_cast<double>(options.seconds) : run == options.runs)
      break;
    each.seed = options.seed + run;
    sum.add(sim::simulate(each));
    sum.note_progress(elapsed());
    if (run % 20 == 0)
      line.show("seed %llu, %llu changes", each.seed, sum.changes);
  }
  if (options.shrinks)
    for (auto& failed : sum.failed)
      failed = sim::shrink(each, failed, [&](std::size_t tries, std::size_t steps) {
        line.show("try %llu: %llu steps", tries, steps);
      });
  sum.real_seconds = elapsed();
  return sum;
}

int run(const sim_options& options) {
  if (!options.report.empty())
    report::check_report_file(options.report);
  spdlog::set_default_logger(spdlog::stderr_color_mt("engine"));
  spdlog::set_level(options.verbose ? spdlog::level::debug : spdlog::level::off);
  auto sum = run_all(options);
  if (options.json)
    std::cout << json::write(as_json(sum)) << '\n';
  else
    std::cout << as_text(sum);
  if (!options.report.empty())
    report::write_report(as_report(sum), options.report);
  auto is_incomplete = options.needs_all && !sum.never_met().empty();
  return sum.failed.empty() && !is_incomplete ? 0 : 1;
}

} // namespace

void add_sim(CLI::App& app, std::function<int()>& action) {
  auto options = std::make_shared<sim_options>();
  auto* command =
      app.add_subcommand("sim", "Run the engine on a simulated host, with drawn work and faults");
  command->add_option("--seed", options->seed, "Where chance begins; the same seed gives the same run")
      ->capture_default_str();
  auto* runs =
      command->add_option("--runs", options->runs, "How many seeds, counting up")->capture_default_str();
  command->add_option("--seconds", options->seconds, "Run seeds for so long instead of --runs")
      ->excludes(runs);
  command->add_option("--steps", options->each.steps, "How long the part with faults is")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      ->add_option("--only", options->each.only,
                   "Take these steps of the run alone, as --shrink prints them")
      ->delimiter(',');
  command->add_flag("--without-faults", options->without_faults, "Requests, aborts and time only");
  command->add_flag("--shrink", options->shrinks, "Look for the fewest steps that still break a rule");
  command->add_flag("--require-all", options->needs_all,
                    "Fail if a fault site or condition was never met");
  command->add_flag("--json", options->json, "Print one JSON document");
  command->add_flag("-v,--verbose", options->verbose, "Show the engine's own log on standard error");
  command->add_option("--report", options->report, "Write an HTML report to this file");
  command->footer(
      "Examples:\n"
      "  troupe-stress sim --runs 1000 --require-all --report sim.html\n"
      "  troupe-stress sim --seed 4711 --shrink\n\n"
      "Prints how often each fault, transition and condition was met. The first seed that breaks a\n"
      "rule ends the run, with its last 40 events.\n"
      "Exit codes: 0 no rule was broken, 1 one was, or something was never met with --require-all,\n"
      "64 a wrong command line.");
  command->callback([options, &action] {
    std::ranges::sort(options->each.only);
    action = [options] { return run(*options); };
  });
}

} // namespace troupe::stress
