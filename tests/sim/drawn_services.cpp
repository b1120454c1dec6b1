#include "tests/sim/drawn_services.hpp"

#include <filesystem>
#include <iterator>

namespace troupe::sim {

namespace {

constexpr std::string_view mounts = "/root/snap/";

/// Of SNAP.APP@REVISION.
struct run_name {
  std::string snap;
  std::string app;
  std::string revision;

  explicit run_name(const std::string& name)
      : snap{name.substr(0, name.find('.'))},
        app{name.substr(snap.size() + 1, name.find('@') - snap.size() - 1)},
        revision{name.substr(name.find('@') + 1)} {}
};

std::string drawn_from(const std::set<std::string>& names, dice& random) {
  return *std::next(names.begin(), static_cast<std::ptrdiff_t>(random.below(names.size())));
}

} // namespace

drawn_services::drawn_services(world& on, hit_counts& hits, service_troubles& troubles,
                               surroundings around)
    : world_{on},
      hits_{hits},
      troubles_{troubles},
      around_{std::move(around)},
      host_{std::make_shared<simulated_services>(on)} {
  host_->draws = [this](const std::string& name, const host::service_spec& spec) {
    return draw(name, spec);
  };
  host_->told = [this](const std::string& name, std::string_view what) { note(name, what); };
  world_.end_services = [this] {
    const auto ended = host_->end_left();
    if (ended > 0)
      hit(hits_, sometimes::services_left);
    return ended;
  };
}

simulated_services::behaviour drawn_services::draw(const std::string& name,
                                                   const host::service_spec& spec) {
  check_start(name);
  is_never_ready_ = false;
  simulated_services::behaviour how;
  const run_name run{name};
  if (!world_.mounted.contains(std::string{mounts} + run.snap + "/" + run.revision)) {
    how.start_fault = "no such file or directory";
    return how;
  }
  // It does its work and ends, as it should.
  if (around_.app_of(run.snap, run.app).daemon == "oneshot")
    how.exits_at_once = 0;
  if (!random_ || one_in_ == 0)
    return how;
  how.ignores_terminate = random_->one_in(4);
  if (!random_->one_in(one_in_))
    return how;
  switch (random_->below(4)) {
  case 0:
    hit(hits_, sometimes::service_fails_to_start);
    how.start_fault = "no such file or directory";
    break;
  case 1:
    hit(hits_, sometimes::service_exits_at_once);
    how.exits_at_once = static_cast<int>(random_->below(2));
    break;
  case 2:
    hit(hits_, sometimes::service_leaves_others);
    how.exits_at_once = static_cast<int>(random_->below(2));
    how.leaves_others = true;
    break;
  default:
    if (spec.notifies)
      hit(hits_, sometimes::service_never_ready);
    is_never_ready_ = spec.notifies;
    how.notifies = false;
  }
  return how;
}

void drawn_services::note(const std::string& name, std::string_view what) {
  const auto service = name.substr(0, name.find('@'));
  known_.insert(service);
  around_.note("service " + name + " " + std::string{what});
  if (what == "is told to end")
    return;
  if (what == "runs")
    unheard_.insert(service);
  if (what == "runs" && !is_never_ready_) {
    troubles_.now.erase(service);
    return;
  }
  if (what == "is killed")
    return hit(hits_, sometimes::service_forced);
  if (what == "resists")
    hit(hits_, sometimes::service_resists);
  troubles_.now.insert(service);
  ++troubles_.runs_ended[name];
}

void drawn_services::act(dice& random) {
  if (const auto left = host_->running_on(); !left.empty() && random.one_in(2))
    return host_->vacate(drawn_from(left, random));
  const auto running = host_->running();
  if (running.empty())
    return;
  hit(hits_, sometimes::service_ends);
  host_->exit(drawn_from(running, random), static_cast<int>(random.below(2)), random.one_in(4));
}

void drawn_services::daemon_killed() {
  unheard_.clear();
  host_->leave();
}

void drawn_services::pass_unheard() {
  auto late = known_;
  for (const auto& name : host_->running())
    late.erase(name.substr(0, name.find('@')));
  troubles_.now.insert(late.begin(), late.end());
  troubles_.now.insert(unheard_.begin(), unheard_.end());
}

void drawn_services::check_start(const std::string& name) const {
  const run_name run{name};
  const auto link = world_.links.find(std::string{mounts} + run.snap + "/current");
  const auto is_current = link != world_.links.end() && link->second == run.revision;
  const auto endures = around_.app_of(run.snap, run.app).refresh_mode == "endure";
  if (!is_current && !endures && !around_.is_unsure(run.snap))
    around_.broken("service " + name + " is started while its snap's link goes " +
                   (link == world_.links.end() ? "nowhere" : "to " + link->second));
}

void drawn_services::check_link(const std::string& link) {
  if (!link.starts_with(mounts) || !link.ends_with("/current"))
    return;
  const auto snap = link.substr(mounts.size(), link.find('/', mounts.size()) - mounts.size());
  const auto target = world_.links.find(link);
  if (target == world_.links.end())
    return;
  for (const auto& name : host_->running()) {
    const run_name run{name};
    if (run.snap != snap || run.revision == target->second)
      continue;
    if (around_.app_of(run.snap, run.app).refresh_mode == "endure")
      hit(hits_, sometimes::service_endures);
    else if (!around_.is_unsure(snap))
      around_.broken("service " + name + " runs while its snap's link goes to " + target->second);
  }
}

void drawn_services::check_unmounted(const std::string& directory) {
  for (const auto& name : host_->running()) {
    const run_name run{name};
    if (std::string{mounts} + run.snap + "/" + run.revision == directory &&
        around_.app_of(run.snap, run.app).refresh_mode != "endure" && !around_.is_unsure(run.snap))
      around_.broken("service " + name + " runs although its files have gone");
  }
}

} // namespace troupe::sim
