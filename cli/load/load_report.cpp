#include "cli/load/load_report.hpp"

#include <cstdio>

#include "cli/load/flatness.hpp"
#include "cli/load/numbers.hpp"

namespace troupe::load {

namespace {

template <class... Values>
std::string line(const char* format, Values... values) {
  char text[400];
  std::snprintf(text, sizeof text, format, values...);
  return std::string{text} + '\n';
}

json::object json_of(const latency_summary& from) {
  return {{"count", from.count}, {"p50-ms", from.p50},    {"p90-ms", from.p90},
          {"p99-ms", from.p99},  {"p99.9-ms", from.p999}, {"max-ms", from.max}};
}

json::value json_of(const std::optional<process_numbers>& from) {
  if (!from)
    return nullptr;
  return json::object{{"memory-bytes", from->memory_bytes},
                      {"descriptors", from->descriptors},
                      {"threads", from->threads},
                      {"written-bytes", from->written_bytes}};
}

json::object json_of(const load_options& from) {
  auto bound = from.operations > 0 ? json::object{{"operations", from.operations}}
                                   : json::object{{"seconds", from.length.count()}};
  json::object result{{"socket", from.socket.string()},
                      {"clients", from.clients},
                      {"rate", from.per_second},
                      {"snaps", from.snaps},
                      {"seed", from.seed}};
  for (auto& field : bound)
    result.insert(field);
  return result;
}

json::array operations_json(const records& all) {
  std::map<operation_kind, json::object> by_kind;
  for (const auto& one : latencies_of(all))
    by_kind[one.kind][one.until_ready ? "until-ready" : "until-answered"] = json_of(one.summary);
  json::array result;
  for (const auto& [kind, record] : all.kinds) {
    json::object one{{"operation", to_word(kind)}, {"refused", record.refused}};
    for (auto& field : by_kind[kind])
      one.insert(field);
    result.push_back(std::move(one));
  }
  return result;
}

std::string latency_text(const records& all) {
  std::string result;
  bool told_ready = false;
  for (const auto& [kind, until_ready, ms] : latencies_of(all)) {
    if (result.empty() || (until_ready && !told_ready)) {
      result +=
          line("\n%-22s %9s %9s %9s %9s %9s %9s", until_ready ? "until ready, ms" : "until answered, ms",
               "count", "p50", "p90", "p99", "p99.9", "max");
      told_ready = until_ready;
    }
    result += line("  %-20s %9zu %9.1f %9.1f %9.1f %9.1f %9.1f", std::string{to_word(kind)}.c_str(),
                   ms.count, ms.p50, ms.p90, ms.p99, ms.p999, ms.max);
  }
  return result;
}

std::string daemon_text(const load_result& result) {
  if (!result.before || !result.after)
    return "\ndaemon: /proc tells nothing of it\n";
  const auto& before = *result.before;
  const auto& after = *result.after;
  auto text = line("\n%-22s %12s %12s", "daemon at rest", "before", "after");
  text += line("  %-20s %12s %12s", "memory", in_mebibytes(before.memory_bytes).c_str(),
               in_mebibytes(after.memory_bytes).c_str());
  text +=
      line("  %-20s %12llu %12llu", "descriptors", static_cast<unsigned long long>(before.descriptors),
           static_cast<unsigned long long>(after.descriptors));
  text += line("  %-20s %12llu %12llu", "threads", static_cast<unsigned long long>(before.threads),
               static_cast<unsigned long long>(after.threads));
  text += line("  %-20s %25s", "written meanwhile", in_mebibytes(written_by_daemon(result)).c_str());
  text += "  memory by the minute: ";
  for (auto bytes : memory_by_minute(result.all))
    text += in_mebibytes(bytes) + " ";
  text.back() = '\n';
  return text;
}

} // namespace

json::object json_of(const load_result& result) {
  json::array refusals;
  for (const auto& [sort, refusal] : result.all.refusals)
    refusals.push_back(
        json::object{{"kind", sort}, {"count", refusal.count}, {"example", refusal.example}});
  json::array invariants;
  for (const auto& one : result.invariants)
    invariants.push_back(json::object{{"rule", one.rule}, {"held", one.held}, {"detail", one.detail}});
  auto minutes = memory_by_minute(result.all);
  auto ended = [&](ending how) { return endings_in(result.all, how); };
  return {
      {"held", result.held()},
      {"options", json_of(result.options)},
      {"interrupted", result.interrupted},
      {"seconds", result.seconds},
      {"operations", result.all.finished},
      {"operations-per-second", per_second(result, result.all.finished)},
      {"never-begun", result.never_begun},
      {"changes", json::object{{"accepted", result.changes},
                               {"ended-as-meant", ended(ending::well)},
                               {"aborted", ended(ending::aborted)},
                               {"unexpected", ended(ending::unexpected)},
                               {"not-waited-for", ended(ending::unknown)}}},
      {"by-operation", operations_json(result.all)},
      {"refusals", std::move(refusals)},
      {"daemon", json::object{{"pid", result.daemon_pid},
                              {"root", result.root.string()},
                              {"before", json_of(result.before)},
                              {"after", json_of(result.after)},
                              {"written-bytes", written_by_daemon(result)},
                              {"memory-bytes-by-minute", json::array(minutes.begin(), minutes.end())}}},
      {"invariants", std::move(invariants)}};
}

std::string text_of(const load_result& result) {
  auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  auto text = line("%s for %.1f s%s: %llu operations (%.1f/s), %llu changes (%.1f/s), %llu refused",
                   pace_in_words(result.options).c_str(), result.seconds,
                   result.interrupted ? ", interrupted" : "", number(result.all.finished),
                   per_second(result, result.all.finished), number(result.changes),
                   per_second(result, result.changes), number(refusals_in(result.all)));
  text +=
      line("changes: %llu ended as meant, %llu aborted, %llu otherwise, %llu not waited for",
           number(endings_in(result.all, ending::well)), number(endings_in(result.all, ending::aborted)),
           number(endings_in(result.all, ending::unexpected)),
           number(endings_in(result.all, ending::unknown)));
  if (result.never_begun > 0)
    text += line("%llu more operations were due, and no client was free for them: the rate is too high",
                 number(result.never_begun));
  text += latency_text(result.all);
  if (!result.all.refusals.empty())
    text += "\nrefused\n";
  for (const auto& [sort, refusal] : result.all.refusals)
    text += line("%9llu  %s, such as: %s", number(refusal.count), sort.c_str(), refusal.example.c_str());
  text += daemon_text(result) + '\n';
  for (const auto& one : result.invariants)
    text += std::string{one.held ? "held    " : "BROKEN  "} + one.rule +
            (one.detail.empty() ? "" : " (" + one.detail + ")") + '\n';
  return text;
}

} // namespace troupe::load
