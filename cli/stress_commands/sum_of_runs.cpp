#include "cli/stress_commands/sum_of_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/commit.hpp"

namespace troupe::stress {

namespace {

std::string in_hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

/// How a failing run can be had again.
std::string command_for(const sim::simulation_report& failed) {
  const auto& steps = failed.taken;
  const auto is_shrunk = !steps.empty() && steps.back() != steps.size();
  return fmt::format("troupe-stress sim --seed {} {}", failed.seed,
                     is_shrunk ? fmt::format("--only {}", fmt::join(steps, ","))
                               : fmt::format("--steps {}", steps.size()));
}

/// All that was met, and with 0 what has to be met and wasn't.
sim::hit_counts all_counts(const sum_of_runs& sum) {
  auto all = sum.hits;
  for (const auto& name : sim::all_that_must_be_met())
    all.emplace(name, 0);
  return all;
}

double hours_a_second(const sum_of_runs& sum) {
  return sum.simulated_hours / std::max(sum.real_seconds, 0.001);
}

} // namespace

void sum_of_runs::add(const sim::simulation_report& report) {
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

std::vector<std::string> sum_of_runs::never_met() const {
  std::vector<std::string> names;
  for (const auto& name : sim::all_that_must_be_met())
    if (!hits.contains(name))
      names.push_back(name);
  return names;
}

json::object as_json(const sum_of_runs& sum) {
  json::object hits;
  for (const auto& [what, count] : all_counts(sum))
    hits[what] = count;
  json::array failed;
  for (const auto& report : sum.failed)
    failed.push_back(json::object{
        {"seed", report.seed},
        {"problem", report.problem},
        {"steps", json::array(report.taken.begin(), report.taken.end())},
        {"command", command_for(report)},
        {"last-events", json::array(report.last_events.begin(), report.last_events.end())}});
  auto missing = sum.never_met();
  return {{"commit", commit},
          {"runs", sum.runs},
          {"changes", sum.changes},
          {"messages", sum.messages},
          {"simulated-hours", sum.simulated_hours},
          {"real-seconds", sum.real_seconds},
          {"digest", in_hex(sum.digest)},
          {"hits", std::move(hits)},
          {"never-met", json::array(missing.begin(), missing.end())},
          {"failed", std::move(failed)}};
}

std::string as_text(const sum_of_runs& sum) {
  std::string text;
  for (const auto& [what, count] : all_counts(sum))
    text += fmt::format("{:12}  {}\n", count, what);
  text += fmt::format("{} runs, {} changes, {} messages, {} of {} faults and conditions never met\n",
                      sum.runs, sum.changes, sum.messages, sum.never_met().size(),
                      sim::all_that_must_be_met().size());
  text += fmt::format("{:.1f} simulated hours in {:.1f} s: {:.1f} hours a second\n", sum.simulated_hours,
                      sum.real_seconds, hours_a_second(sum));
  text += fmt::format("commit {}, digest {}\n", commit, in_hex(sum.digest));
  for (const auto& report : sum.failed) {
    text += fmt::format("\nseed {}: {}\nThe last {} events:\n", report.seed, report.problem,
                        report.last_events.size());
    for (const auto& event : report.last_events)
      text += "  " + event + "\n";
    text += fmt::format("{} steps of commit {}; again with:\n  {}\n", report.taken.size(), commit,
                        command_for(report));
  }
  return text;
}

report::html_report as_report(const sum_of_runs& sum) {
  using namespace report;
  html_report page{"Simulation", fmt::format("Troupe's engine on a simulated host, commit {}", commit)};
  auto missing = sum.never_met();
  page.add_figures({{"Rules broken", std::to_string(sum.failed.size()), "",
                     sum.failed.empty() ? tone::good : tone::bad},
                    {"Runs", std::to_string(sum.runs), "one seed each"},
                    {"Changes", std::to_string(sum.changes), ""},
                    {"Messages", std::to_string(sum.messages), ""},
                    {"Simulated", fmt::format("{:.1f} h", sum.simulated_hours),
                     fmt::format("{:.1f} h a second", hours_a_second(sum))},
                    {"Never met", std::to_string(missing.size()), "faults and conditions",
                     missing.empty() ? tone::good : tone::bad},
                    {"Digest", in_hex(sum.digest), "equal for equal seeds"}});
  for (const auto& failed : sum.failed) {
    page.add_heading(fmt::format("Seed {}: {}", failed.seed, failed.problem));
    page.add_text("Again with: " + command_for(failed));
    std::vector<row> events;
    for (const auto& event : failed.last_events)
      events.push_back({event});
    page.add_table("The last events", {"Event"}, events);
  }
  page.add_lines({"Simulated time", "seconds", "simulated hours", {{"simulated", sum.hours_by_second}}});
  const auto conditions = sim::all_that_must_be_met();
  std::vector<bar> met;
  std::vector<row> rest;
  for (const auto& [what, count] : all_counts(sum))
    if (std::ranges::find(conditions, what) != conditions.end())
      met.push_back({what, static_cast<double>(count)});
    else
      rest.push_back({what, std::to_string(count)});
  page.add_bars("Faults and conditions", "times met", met);
  page.add_table("Transitions of tasks", {"Transition", "Times"}, rest);
  return page;
}

} // namespace troupe::stress
