#include "actors/cgroup_watcher.hpp"

#include "runtime/limits.hpp"

namespace troupe {

struct cgroup_watcher::sight {
  std::unique_ptr<host::run_control::watch> watch;
  std::vector<snap_process> running;
};

cgroup_watcher::cgroup_watcher(caf::actor_config& config, std::string snap, company_ptr with)
    : actor_base{config, "cgroup watcher " + snap, with->inspector},
      snap_{std::move(snap)},
      with_{std::move(with)} {}

cgroup_watcher::behavior_type cgroup_watcher::make_behavior() {
  return {
      [this](const follow_processes& what) {
        follower_ = what.who;
        look();
      },
      [this](caf::tick_atom) { look(); },
  };
}

// The watch calls this actor, so that it would keep it alive.
void cgroup_watcher::on_exit() {
  follower_ = nullptr;
  sight_.reset();
}

// The watch begins before the first look, so that no end falls between them.
void cgroup_watcher::look() {
  looks_again_ = is_looking_;
  if (is_looking_)
    return;
  is_looking_ = true;
  auto seen = std::make_shared<sight>();
  auto is_first = !sight_;
  auto self = caf::actor_cast<cgroup_watcher_actor>(this);
  auto work = std::make_shared<const std::function<void()>>(
      [seen, is_first, self, snap = snap_, control = with_->host->os.run_control] {
        if (is_first)
          seen->watch = control->follow(snap, [self] { caf::anon_send(self, caf::tick_atom::value); });
        seen->running = control->running(snap);
      });
  request(with_->effects, caf::infinite, perform_work{std::move(work)})
      .then(
          [this, seen](work_done) {
            is_looking_ = false;
            if (!seen->watch)
              seen->watch = std::move(sight_->watch);
            sight_ = seen;
            tell();
          },
          [this](const caf::error& why) {
            is_looking_ = false;
            if (is_stopping(why))
              return;
            spdlog::warn("cannot see what runs of snap \"{}\": {}; trying again", snap_,
                         to_failure(why).what());
            delayed_send(this, limits::process_look_retry, caf::tick_atom::value);
          });
}

void cgroup_watcher::tell() {
  send(follower_, processes_seen{sight_->running});
  if (looks_again_)
    look();
}

} // namespace troupe
