#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "cli/stress_commands/registry.hpp"
#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "tests/crash/crowd.hpp"
#include "tests/crash/full_disk.hpp"
#include "tests/crash/walk.hpp"

namespace troupe::stress {

namespace {

using steady = std::chrono::steady_clock;

struct crash_options {
  std::vector<std::string> plans;
  std::string points = "all";
  std::string when = "both";
  std::vector<std::string> errors{"EIO", "ENOSPC"};
  std::uint64_t every = 1;
  std::uint64_t at = 0; ///< 0: all.
  unsigned jobs = 2;
  std::uint64_t rounds = 0;
  std::uint64_t seconds = 0;
  std::uint64_t seed = 1;
  bool full_disk = false;
  bool failing_disk = false;
  bool json = false;

  bool is_random() const { return rounds > 0 || seconds > 0; }
};

std::atomic<bool> interrupted = false;

/// What is mounted has to be unmounted, so the first Ctrl-C only ends the run after the point it is at.
void end_at_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

class progress_line {
public:
  bool operator()(const crash::row& so_far, const std::string& where) {
    ++points_;
    faults_ += so_far.findings.size() > seen_[&so_far] ? 1 : 0;
    seen_[&so_far] = so_far.findings.size();
    if (is_shown_) {
      auto line = std::to_string(points_) + " tried, " + std::to_string(faults_) + " faults; " + where;
      std::fprintf(stderr, "\r\033[K%.100s", line.c_str());
    }
    return !interrupted;
  }

  void end() const {
    if (is_shown_)
      std::fputs("\r\033[K", stderr);
  }

private:
  std::uint64_t points_ = 0;
  std::uint64_t faults_ = 0;
  std::map<const crash::row*, std::size_t> seen_;
  bool is_shown_ = isatty(STDERR_FILENO) == 1;
};

/// Killed at, or failing; a disk that fails doesn't keep a process from starting or a client from being
/// answered.
std::vector<crash::sort_of_points> sorts_of_points(const crash_options& options) {
  std::vector<crash::sort_of_points> chosen;
  auto add = [&](const std::string& name, std::uint32_t kinds) {
    if (options.points == name || options.points == "all")
      chosen.push_back({name, kinds});
  };
  add("journal", crash_journal);
  add("effects", options.failing_disk ? crash_files | crash_mounts : crash::effects);
  if (!options.failing_disk)
    add("answers", crash_answer);
  return chosen;
}

std::vector<crash::disturbance> disturbances(const crash_options& options) {
  std::vector<crash::disturbance> chosen;
  if (options.failing_disk) {
    for (const auto& name : options.errors)
      chosen.push_back({name, crash_fail, name == "EIO" ? EIO : ENOSPC});
    return chosen;
  }
  if (options.when != "after")
    chosen.push_back({"before", crash_kill_before});
  if (options.when != "before")
    chosen.push_back({"after", crash_kill_after});
  return chosen;
}

std::vector<crash::row> walk(const crash_options& options, const crash::watcher& watch) {
  crash::walk_options walk;
  walk.plans = options.plans;
  if (walk.plans.empty())
    for (const auto& plan : crash::all_plans())
      walk.plans.push_back(plan.name);
  walk.points = sorts_of_points(options);
  walk.disturbances = disturbances(options);
  walk.every = options.every;
  if (options.at > 0)
    walk.at = options.at;
  walk.jobs = options.jobs;
  return crash::walk(walk, watch);
}

std::vector<crash::row> run_all(const crash_options& options, const crash::watcher& watch) {
  std::vector<crash::row> rows;
  if (options.is_random())
    rows.push_back(crash::kill_amid_crowd(
        {options.seed, options.rounds, std::chrono::seconds{options.seconds}}, watch));
  if (options.full_disk)
    rows.push_back(crash::fill_disk(options.every, watch));
  if (options.failing_disk || (!options.is_random() && !options.full_disk))
    for (auto& row : walk(options, watch))
      rows.push_back(std::move(row));
  return rows;
}

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

void print_json(const std::vector<crash::row>& rows, double seconds) {
  json::array list;
  std::size_t faults = 0;
  for (const auto& row : rows) {
    json::array findings;
    for (const auto& each : row.findings)
      findings.push_back(json::object{{"where", each.where},
                                      {"again", "troupe-stress crash " + each.again},
                                      {"faults", json::array(each.wrong.begin(), each.wrong.end())}});
    faults += row.findings.size();
    list.push_back(json::object{{"plan", row.plan},
                                {"points", row.points},
                                {"what", row.what},
                                {"tried", row.tried},
                                {"met", row.met},
                                {"recovery-ms", milliseconds(crash::median(row.recoveries))},
                                {"remark", row.remark},
                                {"faults", std::move(findings)}});
  }
  std::cout << json::write(json::object{{"rows", std::move(list)},
                                        {"faults", faults},
                                        {"seconds", seconds},
                                        {"interrupted", interrupted.load()}})
            << '\n';
}

void print_text(const std::vector<crash::row>& rows, double seconds) {
  std::printf("%-16s %-10s %-7s %7s %7s %12s %7s\n", "plan", "points", "what", "tried", "met",
              "recovery", "faults");
  for (const auto& row : rows)
    std::printf("%-16s %-10s %-7s %7llu %7llu %9.0f ms %7zu\n", row.plan.c_str(), row.points.c_str(),
                row.what.c_str(), static_cast<unsigned long long>(row.tried),
                static_cast<unsigned long long>(row.met), milliseconds(crash::median(row.recoveries)),
                row.findings.size());
  for (const auto& row : rows)
    if (!row.remark.empty())
      std::printf("%s: %s\n", row.plan.c_str(), row.remark.c_str());
  for (const auto& row : rows)
    for (const auto& each : row.findings) {
      std::printf("\n%s\n", each.where.c_str());
      for (const auto& wrong : each.wrong)
        std::printf("  %s\n", wrong.c_str());
      std::printf("  again: troupe-stress crash %s\n", each.again.c_str());
    }
  std::printf("%s in %.0f s\n", interrupted ? "ended early," : "done", seconds);
}

int run(const crash_options& options) {
  if (geteuid() != 0)
    throw failure{"cannot crash a daemon: images are mounted; run it as root"};
  end_at_signals();
  auto begin = steady::now();
  progress_line line;
  auto rows = run_all(options, std::ref(line));
  line.end();
  auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  if (options.json)
    print_json(rows, seconds);
  else
    print_text(rows, seconds);
  return std::any_of(rows.begin(), rows.end(), [](const auto& row) { return !row.findings.empty(); });
}

std::string plan_list() {
  std::string text;
  for (const auto& plan : crash::all_plans()) {
    auto name = plan.name;
    name.resize(18, ' ');
    text += "  " + name + plan.summary + "\n";
  }
  return text;
}

std::vector<std::string> plan_names() {
  std::vector<std::string> names;
  for (const auto& plan : crash::all_plans())
    names.push_back(plan.name);
  return names;
}

} // namespace

void add_crash(CLI::App& app, std::function<int()>& action) {
  auto options = std::make_shared<crash_options>();
  auto* command = app.add_subcommand(
      "crash", "Kill a real daemon at each point of its work and compare what it has after a restart");
  auto positive = CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000});
  command->add_option("--plan", options->plans, "What the daemon is stopped in; all plans unless given")
      ->check(CLI::IsMember(plan_names()))
      ->type_name("NAME");
  command
      ->add_option("--points", options->points,
                   "journal: writes of the journal; effects: calls that change files, mounts or\n"
                   "processes; answers: what clients are sent; all")
      ->check(CLI::IsMember({"journal", "effects", "answers", "all"}))
      ->type_name("WHICH")
      ->capture_default_str();
  command->add_option("--when", options->when, "Kill before a call has its effect, after it, or both")
      ->check(CLI::IsMember({"before", "after", "both"}))
      ->type_name("WHEN")
      ->capture_default_str();
  auto* every = command->add_option("--every", options->every, "Only each K-th point")
                    ->check(positive)
                    ->type_name("K")
                    ->capture_default_str();
  command->add_option("--at", options->at, "Only the N-th point")
      ->check(positive)
      ->type_name("N")
      ->excludes(every);
  command->add_option("--jobs", options->jobs, "How many daemons at a time")
      ->check(CLI::Range(1U, 64U))
      ->capture_default_str();
  auto* rounds =
      command
          ->add_option("--rounds", options->rounds,
                       "Instead of plans: kill at a drawn call or moment amid the mixed load\n"
                       "of ten clients, so many times")
          ->check(positive);
  command->add_option("--seconds", options->seconds, "As --rounds, for so long")
      ->check(positive)
      ->excludes(rounds);
  command->add_option("--seed", options->seed, "Where chance begins for --rounds and --seconds")
      ->capture_default_str();
  command->add_flag("--full-disk", options->full_disk,
                    "Instead of plans: operations on a small disk that is full, with more and more\n"
                    "bytes left");
  command->add_flag("--failing-disk", options->failing_disk,
                    "The call at each point of a plan returns an error instead of a kill");
  command->add_option("--error", options->errors, "The errors of --failing-disk")
      ->check(CLI::IsMember({"EIO", "ENOSPC"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON document");
  command->footer(
      "Plans:\n" + plan_list() +
      "\nExamples:\n"
      "  troupe-stress crash --plan install --every 10\n"
      "  troupe-stress crash --rounds 200 --seed 7\n"
      "  troupe-stress crash --failing-disk --plan remove --points journal\n\n"
      "Each point: the daemon is killed, started again and left to end its changes; then links,\n"
      "mounts, loop devices, files, processes and the journal are compared with an unharmed run,\n"
      "and all is removed. Needs root. Details: docs/reference/crash-tests.md.\n"
      "Exit codes: 0 all held, 1 something was lost, left over or half done, 64 a wrong\n"
      "command line.");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

} // namespace troupe::stress
