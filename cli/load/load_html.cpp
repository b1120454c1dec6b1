#include <cstdio>

#include "cli/load/flatness.hpp"
#include "cli/load/load_report.hpp"
#include "cli/load/numbers.hpp"
#include "runtime/version.hpp"

namespace troupe::load {

namespace {

using report::row;
using report::series;
using report::tone;

constexpr double distribution_steps = 400;

std::string fixed(double number, int decimals = 1) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

/// A line of what was seen at each look; none where `value` gives none.
template <class Value>
series over_time(const load_result& result, const std::string& name, Value value) {
  series line{name, {}};
  for (const auto& look : result.all.moments)
    if (std::optional<double> y = value(look))
      line.points.emplace_back(look.at_s, *y);
  return line;
}

template <class Member>
series of_daemon(const load_result& result, const std::string& name, Member member, double unit = 1) {
  return over_time(result, name, [=](const moment& look) -> std::optional<double> {
    if (!look.daemon)
      return std::nullopt;
    return static_cast<double>((*look.daemon).*member) / unit;
  });
}

void add_key_figures(report::html_report& page, const load_result& result) {
  auto broken = std::count_if(result.invariants.begin(), result.invariants.end(),
                              [](const auto& rule) { return !rule.held; });
  std::vector<float> ready;
  for (const auto& [kind, record] : result.all.kinds)
    if (makes_change(kind))
      ready.insert(ready.end(), record.until_ready.begin(), record.until_ready.end());
  auto latency = summary_of(std::move(ready));
  std::vector<report::figure> figures{
      {"Rules", broken == 0 ? "all held" : std::to_string(broken) + " broken",
       std::to_string(result.invariants.size()) + " looked at", broken == 0 ? tone::good : tone::bad},
      {"Operations", fixed(per_second(result, result.all.finished)) + "/s",
       std::to_string(result.all.finished) + " in " + fixed(result.seconds) + " s", tone::plain},
      {"Changes", fixed(per_second(result, result.changes)) + "/s",
       std::to_string(result.changes) + " accepted", tone::plain},
      {"A change, median", fixed(latency.p50) + " ms", "until ready; p99 " + fixed(latency.p99) + " ms",
       tone::plain},
      {"Refused", std::to_string(refusals_in(result.all)), "see which, below", tone::plain}};
  if (result.never_begun > 0)
    figures.push_back({"Never begun", std::to_string(result.never_begun),
                       "due, and no client was free: the rate is too high", tone::bad});
  if (result.before && result.after) {
    figures.push_back({"Memory at rest", in_mebibytes(result.after->memory_bytes),
                       "before: " + in_mebibytes(result.before->memory_bytes), tone::plain});
    figures.push_back({"Descriptors at rest", std::to_string(result.after->descriptors),
                       "before: " + std::to_string(result.before->descriptors), tone::plain});
    figures.push_back({"Threads at rest", std::to_string(result.after->threads),
                       "before: " + std::to_string(result.before->threads), tone::plain});
    figures.push_back(
        {"Written", in_mebibytes(written_by_daemon(result)), "by the daemon", tone::plain});
  }
  page.add_figures(figures);
}

void add_rules(report::html_report& page, const load_result& result) {
  std::vector<row> rows;
  for (const auto& one : result.invariants)
    rows.push_back({one.held ? "held" : "BROKEN", one.rule, one.detail});
  page.add_table("Rules", {"", "Rule", "Seen"}, rows);
}

void add_latency_table(report::html_report& page, const load_result& result, bool until_ready) {
  std::vector<row> rows;
  for (const auto& [kind, is_ready, ms] : latencies_of(result.all))
    if (is_ready == until_ready)
      rows.push_back({std::string{to_word(kind)}, std::to_string(ms.count), fixed(ms.p50), fixed(ms.p90),
                      fixed(ms.p99), fixed(ms.p999), fixed(ms.max)});
  page.add_table(until_ready ? "Until the change was ready, ms" : "Until the request was answered, ms",
                 {"Operation", "Count", "p50", "p90", "p99", "p99.9", "Max"}, rows);
}

void add_distribution(report::html_report& page, const load_result& result) {
  report::line_plot plot{"Until the change was ready: how many were at least so fast",
                         "milliseconds",
                         "% of the changes",
                         {},
                         report::scale::logarithmic};
  for (const auto& [kind, record] : result.all.kinds) {
    auto sorted = record.until_ready;
    if (sorted.empty())
      continue;
    std::sort(sorted.begin(), sorted.end());
    series line{std::string{to_word(kind)}, {}};
    for (double step = 1; step <= distribution_steps; ++step) {
      auto share = step / distribution_steps;
      line.points.emplace_back(percentile(sorted, share), share * 100);
    }
    plot.lines.push_back(std::move(line));
  }
  page.add_lines(plot);
}

void add_plots_over_time(report::html_report& page, const load_result& result) {
  constexpr auto seconds = "seconds since the load began";
  auto plain = [](double moment::*member) {
    return [member](const moment& look) -> std::optional<double> { return look.*member; };
  };
  // A moment in which no change ended has no latency.
  auto latency = [](double moment::*member) {
    return [member](const moment& look) {
      return look.*member > 0 ? std::optional{look.*member} : std::nullopt;
    };
  };
  page.add_lines({"Throughput",
                  seconds,
                  "operations/s",
                  {over_time(result, "operations/s", plain(&moment::operations_per_s))},
                  report::scale::linear});
  page.add_lines({"Changes until ready",
                  seconds,
                  "milliseconds",
                  {over_time(result, "p50", latency(&moment::p50_ms)),
                   over_time(result, "p99", latency(&moment::p99_ms))},
                  report::scale::linear});
  page.add_lines({"The daemon's memory",
                  seconds,
                  "MiB, resident",
                  {of_daemon(result, "memory", &process_numbers::memory_bytes, 1U << 20)},
                  report::scale::linear});
  page.add_lines({"The daemon's descriptors and threads",
                  seconds,
                  "open, or running",
                  {of_daemon(result, "descriptors", &process_numbers::descriptors),
                   of_daemon(result, "threads", &process_numbers::threads)},
                  report::scale::linear});
}

void add_refusals(report::html_report& page, const load_result& result) {
  std::vector<report::bar> bars;
  std::vector<row> rows;
  for (const auto& [sort, refusal] : result.all.refusals) {
    bars.push_back({sort, static_cast<double>(refusal.count)});
    rows.push_back({sort, std::to_string(refusal.count), refusal.example});
  }
  page.add_bars("By kind", "refused operations", bars);
  page.add_table("In the daemon's words", {"Kind", "Count", "Such as"}, rows);
}

} // namespace

report::html_report html_of(const load_result& result) {
  const auto& options = result.options;
  report::html_report page{"Load of a Troupe daemon",
                           pace_in_words(options) + ", " + std::to_string(options.snaps) +
                               " snaps and a base, seed " + std::to_string(options.seed) +
                               (result.interrupted ? "; interrupted" : "") + ". Troupe " + version +
                               "."};
  add_key_figures(page, result);
  add_rules(page, result);
  page.add_heading("Latency");
  page.add_text(
      "Counted from the moment at which an operation was due, so that one that had to wait for a "
      "free client counts the wait too.");
  add_latency_table(page, result, true);
  add_latency_table(page, result, false);
  add_distribution(page, result);
  page.add_heading("Over time");
  add_plots_over_time(page, result);
  page.add_heading("Refused");
  page.add_text(
      "Requests that the daemon turned down. A conflict with another change is one of the things "
      "that a load is for.");
  add_refusals(page, result);
  return page;
}

} // namespace troupe::load
