#include "tests/sim/drawn_apps.hpp"

#include <filesystem>
#include <iterator>
#include <vector>

namespace troupe::sim {

namespace {

constexpr std::string_view links = "/root/snap/";

template <class Container>
auto pick_from(const Container& all, dice& random) {
  auto at = all.begin();
  std::advance(at, random.below(all.size()));
  return *at;
}

/// The snap that a path below the directory of mounts belongs to.
std::string snap_of(const std::string& path) {
  if (!path.starts_with(links))
    return {};
  auto name = path.substr(links.size());
  return name.substr(0, name.find('/'));
}

} // namespace

void drawn_apps::act(dice& random) {
  switch (random.below(4)) {
  case 0:
    return begin_launch(random);
  case 1:
    return end_launch(random);
  case 2:
    return end_one(random);
  default:
    if (!late_.empty()) {
      tell_followers(on_, late_.front());
      late_.pop_front();
    }
  }
}

std::string drawn_apps::current_of(const std::string& snap) const {
  auto link = on_.links.find(std::string{links} + snap + "/current");
  return link == on_.links.end() ? std::string{} : link->second;
}

void drawn_apps::begin_launch(dice& random) {
  std::vector<std::string> snaps;
  for (const auto& [link, target] : on_.links)
    if (link.starts_with(links) && link.ends_with("/current") && has_apps_(snap_of(link)))
      snaps.push_back(snap_of(link));
  if (snaps.empty())
    return;
  auto snap = random.pick(snaps);
  if (on_.inhibited.contains(snap))
    return hit(hits_, sometimes::launch_waits);
  on_.launching.insert(snap);
}

void drawn_apps::end_launch(dice& random) {
  if (on_.launching.empty())
    return;
  auto snap = pick_from(on_.launching, random);
  on_.launching.erase(snap);
  auto revision = current_of(snap);
  if (random.one_in(4)) {
    hit(hits_, sometimes::launcher_dies);
  } else if (!revision.empty()) {
    on_.running[snap].push_back({++last_pid_, "alice", "app", snap, ""});
    running_[last_pid_] = {snap, revision};
  }
  tell(snap, random);
}

void drawn_apps::end_one(dice& random) {
  if (running_.empty())
    return;
  auto [pid, app] = pick_from(running_, random);
  end(pid);
  tell(app.snap, random);
}

void drawn_apps::end(std::int32_t pid) {
  auto found = running_.extract(pid);
  std::erase_if(on_.running[found.mapped().snap],
                [&](const auto& process) { return process.pid == pid; });
}

void drawn_apps::tell(const std::string& snap, dice& random) {
  if (random.one_in(3)) {
    hit(hits_, sometimes::told_late);
    late_.push_back(snap);
    return;
  }
  tell_followers(on_, snap);
  if (random.one_in(4)) {
    hit(hits_, sometimes::told_twice);
    tell_followers(on_, snap);
  }
}

void drawn_apps::end_all() {
  std::set<std::string> snaps{late_.begin(), late_.end()};
  snaps.insert(on_.launching.begin(), on_.launching.end());
  for (const auto& [pid, app] : running_)
    snaps.insert(app.snap);
  on_.launching.clear();
  on_.running.clear();
  running_.clear();
  late_.clear();
  for (const auto& snap : snaps)
    tell_followers(on_, snap);
}

void drawn_apps::cut_power() {
  on_.launching.clear();
  on_.running.clear();
  on_.inhibited.clear();
  running_.clear();
  late_.clear();
}

void drawn_apps::unmounted(const std::string& directory) {
  auto revision = std::filesystem::path{directory}.filename().string();
  std::vector<std::int32_t> ended;
  for (const auto& [pid, app] : running_)
    if (app.snap == snap_of(directory) && app.revision == revision)
      ended.push_back(pid);
  for (auto pid : ended) {
    late_.push_back(running_.at(pid).snap);
    end(pid);
  }
}

std::string drawn_apps::fault_of_link(const std::string& link) const {
  auto snap = snap_of(link);
  if (snap.empty() || !link.ends_with("/current"))
    return {};
  auto revision = current_of(snap);
  for (const auto& [pid, app] : running_)
    if (app.snap == snap && !revision.empty() && app.revision != revision)
      return "an application of snap " + snap + " (" + app.revision + ") runs while its link goes to " +
             revision;
  return {};
}

} // namespace troupe::sim
