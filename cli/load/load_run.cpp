#include "cli/load/load_run.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "cli/load/flatness.hpp"
#include "cli/load/load_client.hpp"
#include "cli/load/progress_line.hpp"
#include "cli/load/stop_signals.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe::load {

namespace {

constexpr auto look_every = 500ms;
constexpr auto earlier_load_patience = 60s;
constexpr auto change_patience = 180s;
constexpr auto rest_patience = 5s;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

/// Waits for what an earlier load has under way, and removes its snaps.
void clear_up_earlier_load(daemon_api& daemon) {
  auto end = steady::now() + earlier_load_patience;
  for (auto unready = daemon.unready_changes(); !unready.empty(); unready = daemon.unready_changes()) {
    const auto& first = unready.front();
    if (steady::now() > end || stop_signals::count() > 0)
      throw failure{"cannot start the load: change " + first.id +
                    " of another load is still under way; "
                    "wait for it, or end it with `troupe abort " +
                    first.id + "`"};
    std::this_thread::sleep_for(100ms);
  }
  std::vector<std::string> names;
  for (const auto& [name, active] : daemon.snaps())
    names.push_back(name);
  daemon.remove(names);
}

/// Watches the daemon while clients work: notes what it uses and tells the user how it goes.
class watcher {
public:
  watcher(common_ground& ground, pid_t daemon, steady::time_point begin)
      : thread_{[this, &ground, daemon, begin](std::stop_token stop) {
          std::mutex guard;
          std::condition_variable_any ended;
          for (std::unique_lock lock{guard};
               !ended.wait_for(lock, stop, look_every, [&stop] { return stop.stop_requested(); });) {
            if (stop_signals::count() > 0)
              ground.pace.stop();
            line_.show(ground.notes.look(seconds_since(begin), numbers_of(daemon)));
          }
        }} {}

private:
  progress_line line_;
  std::jthread thread_;
};

void run_clients(common_ground& ground, const load_options& options) {
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < options.clients; ++i)
    clients.emplace_back([&ground, &options] {
      load_client client{ground, options.socket};
      client.run();
    });
}

/// The daemon once what it had open for the load is closed.
std::optional<process_numbers> numbers_at_rest(pid_t daemon,
                                               const std::optional<process_numbers>& before) {
  auto end = steady::now() + rest_patience;
  auto now = numbers_of(daemon);
  while (now && before && now->descriptors > before->descriptors && steady::now() < end) {
    std::this_thread::sleep_for(100ms);
    now = numbers_of(daemon);
  }
  return now;
}

invariant went_as_meant(const records& all) {
  std::string detail;
  for (const auto& problem : all.problems)
    detail += (detail.empty() ? "" : "; ") + problem;
  if (all.problem_count > all.problems.size())
    detail += "; and " + std::to_string(all.problem_count - all.problems.size()) + " more";
  return {"every request was answered, and every change ended as it was meant to", detail.empty(),
          detail};
}

/// A rule that couldn't be looked at is broken: the daemon has to answer.
template <class Check>
void check(std::vector<invariant>& into, const std::string& about, Check check) {
  try {
    into.push_back(check());
  } catch (const std::exception& broken) {
    into.push_back({about, false, broken.what()});
  }
}

void check_end(load_result& result, common_ground& ground, daemon_api& daemon,
               std::optional<std::size_t> uploads_before) {
  auto& rules = result.invariants;
  rules.push_back(went_as_meant(result.all));
  check(rules, "every change is ready", [&] { return all_changes_ready(daemon); });
  check(rules, "the daemon lists what the ends of the changes say",
        [&] { return list_matches_changes(daemon, ground.model, ground.snaps); });
  check(rules, "every accepted change is known, with the status of its end",
        [&] { return changes_are_known(daemon, ground.accepted, ground.snaps); });
  auto root = shares_mounts_with_us(result.daemon_pid) ? result.root : std::filesystem::path{};
  check(rules, "nothing is left once the snaps are removed",
        [&] { return nothing_is_left(daemon, root, uploads_before); });
}

void judge_daemon(load_result& result) {
  result.after = numbers_at_rest(result.daemon_pid, result.before);
  judgement descriptors{result.before == std::nullopt, "not judged: /proc doesn't tell"};
  if (result.before && result.after)
    descriptors = judge_descriptors(result.before->descriptors, result.after->descriptors);
  else if (result.before)
    descriptors.detail = "the daemon is gone";
  std::vector<std::pair<double, std::uint64_t>> memory;
  for (const auto& look : result.all.moments)
    if (look.daemon)
      memory.emplace_back(look.at_s, look.daemon->memory_bytes);
  auto judged = judge_memory(memory);
  result.invariants.push_back(
      {"the daemon's descriptors are flat", descriptors.held, descriptors.detail});
  result.invariants.push_back({"the daemon's memory is flat", judged.held, judged.detail});
}

} // namespace

bool load_result::held() const {
  return std::all_of(invariants.begin(), invariants.end(), [](const auto& rule) { return rule.held; });
}

load_result run_load(const load_options& options) {
  stop_signals signals;
  load_result result;
  result.options = options;
  result.daemon_pid = listener_of(options.socket);
  daemon_api daemon{options.socket};
  result.root = daemon.root();
  clear_up_earlier_load(daemon);
  load_snaps snaps{options.snaps, options.seed, progress_line::packing(options.snaps + 1)};
  std::vector<bool> needs_base;
  for (const auto& snap : snaps.all())
    needs_base.push_back(snap.needs_base);
  auto uploads_before = uploads_in(result.root);
  result.before = numbers_of(result.daemon_pid);

  recorder notes;
  auto begin = steady::now();
  auto length = std::chrono::duration_cast<steady::duration>(options.length);
  pacer pace{options.per_second, length, options.operations};
  std::atomic<steady::rep> given_up_at{0};
  auto gives_up = [&] {
    if (!pace.is_over())
      return false;
    auto now = steady::now().time_since_epoch().count();
    steady::rep none = 0;
    given_up_at.compare_exchange_strong(none, now + steady::duration{change_patience}.count());
    return stop_signals::count() > 1 || now > given_up_at;
  };
  common_ground ground{snaps.all(), pace, notes, gives_up, {}, load_model{needs_base, options.seed}, {}};
  {
    watcher watching{ground, result.daemon_pid, begin};
    run_clients(ground, options);
  }
  result.seconds = seconds_since(begin);
  notes.look(result.seconds, numbers_of(result.daemon_pid));
  result.interrupted = stop_signals::count() > 0;
  result.never_begun = pace.never_begun();
  result.changes = ground.accepted.size();
  result.all = notes.take();
  check_end(result, ground, daemon, uploads_before);
  judge_daemon(result);
  return result;
}

} // namespace troupe::load
