#pragma once

#include <unistd.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "actors/engine.hpp"
#include "tests/sim/simulated_host.hpp"
#include "tests/sim/simulated_snapshots.hpp"
#include "tests/sim/simulated_stores.hpp"

namespace troupe::test {

/// A directory that goes with its object.
class scratch {
public:
  scratch() {
    std::string pattern = "/tmp/troupe-actors-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// All actors of a daemon on one thread and virtual time, with a host in memory and a real journal.
class stage {
public:
  stage(const std::filesystem::path& journal, sim::world& on,
        constraint_mode mode = constraint_mode::scoped,
        std::shared_ptr<host::service_processes> services = nullptr)
      : stage{std::make_shared<journal_database>(journal, 0), on, mode, std::move(services)} {}
  stage(std::shared_ptr<journal_database> journal, sim::world& on,
        constraint_mode mode = constraint_mode::scoped,
        std::shared_ptr<host::service_processes> services = nullptr)
      : world_{on},
        config_{},
        system_{config_},
        os_{with_services(sim::ports_of(on), std::move(services))},
        host_{paths_,
              os_,
              "/bin/troupe-run",
              false,
              std::make_shared<sim::simulated_stores>(on),
              std::make_shared<sim::simulated_snapshots>(on)},
        actors_{std::in_place, system_, options_with(std::move(journal), mode)} {}
  ~stage() { end(); }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Handles messages until there are none, or until `enough` says so after one of them.
  void run(const std::function<bool()>& enough = [] { return false; }) {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    while (scheduler.try_run_once())
      if (enough())
        return;
  }

  /// Stops all actors where they are, as a daemon that ends does.
  void end() {
    actors_.reset();
    run();
  }

  /// Lets time pass for timers and clocks.
  void pass(duration time) {
    pass_quietly(time);
    run();
  }

  /// The same, without handling the messages that come of it.
  void pass_quietly(duration time) {
    world_.now += time;
    dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler()).advance_time(time);
  }

  /// Handles up to so many messages, each of an actor that is drawn; returns how many there were.
  template <class Random>
  std::size_t run_drawn(std::size_t messages, Random& random) {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    std::size_t handled = 0;
    for (; handled < messages && !scheduler.jobs.empty(); ++handled) {
      std::swap(scheduler.jobs.front(), scheduler.jobs[random() % scheduler.jobs.size()]);
      scheduler.try_run_once();
    }
    return handled;
  }

  /// Sends a request and runs until all is quiet; returns the answer, or throws the failure.
  template <class Answer, class Handle, class Message>
  Answer ask(const Handle& whom, Message message) {
    std::optional<Answer> answer;
    std::optional<failure> problem;
    auto asker = system_.spawn([&](caf::event_based_actor* self) {
      self->request(whom, caf::infinite, std::move(message))
          .then([&](const Answer& got) { answer = got; },
                [&](const caf::error& why) { problem = to_failure_of(why); });
    });
    run();
    if (problem)
      throw failure{*problem};
    return answer.value();
  }

  change_id start(const operation_request& request) {
    return ask<change_id>(actors_->director(), start_operation{request});
  }
  change_view_ptr change(change_id id) {
    return ask<change_view_ptr>(actors_->director(), find_change{id});
  }
  /// The actor of a change that isn't ready.
  change_actor actor_of(change_id id) {
    change_actor found;
    system_.spawn([&](caf::event_based_actor* self) {
      // The director leaves the answer to the change itself.
      self->request(actors_->director(), caf::infinite, find_change{id})
          .then(
              [&found, self](const change_view_ptr&) {
                found = caf::actor_cast<change_actor>(self->current_sender());
              },
              [](const caf::error&) {});
    });
    run();
    return found;
  }
  snap_list snaps() { return ask<snap_list>(actors_->director(), list_snaps{}); }

  /// Sends a message to the director without running anything.
  template <class Message>
  void send(Message message) {
    caf::anon_send(actors_->director(), std::move(message));
  }

  const engine& actors() const { return *actors_; }
  caf::actor_system& system() { return system_; }

private:
  struct test_config : caf::actor_system_config {
    test_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  static failure to_failure_of(const caf::error& why);

  static host::ports with_services(host::ports ports,
                                   std::shared_ptr<host::service_processes> services) {
    ports.services = std::move(services);
    return ports;
  }

  engine_options options_with(std::shared_ptr<journal_database> journal, constraint_mode mode) {
    engine_options options;
    options.database = std::move(journal);
    options.host = &host_;
    options.constraints = mode;
    options.detached = false;
    options.new_cookie = [this] { return "cookie-" + std::to_string(++cookies_); };
    return options;
  }

  sim::world& world_;
  test_config config_;
  caf::actor_system system_;
  layout paths_{"/root"};
  host::ports os_;
  task_host host_;
  std::uint64_t cookies_ = 0;
  std::optional<engine> actors_;
};

/// While it lives, no change gets beyond what needs no admission: a lane of snapd's is in progress.
class standstill {
public:
  explicit standstill(stage& all) : all_{all} {
    lane_summary lane;
    lane.key = key_;
    lane.snaps = {"snapd"};
    lane.affects_link = true;
    lane.is_system = true;
    lane.is_known = true;
    all_.ask<admitted>(all_.actors().members().scheduler, admit_lane{lane});
  }
  ~standstill() {
    caf::anon_send(all_.actors().members().scheduler, leave_lane{key_});
    all_.run();
  }
  standstill(const standstill&) = delete;
  standstill& operator=(const standstill&) = delete;

private:
  stage& all_;
  lane_key key_{{1'000'000}, 1};
};

/// A request to install a snap of this name with these hooks; its image is put into the world's spool.
operation_request install(sim::world& on, const std::string& name,
                          const std::vector<std::string>& hooks = {}, const std::string& base = {},
                          snap_type type = snap_type::app);

/// A request for one of the other verbs.
operation_request operate(const std::string& verb, const std::string& name);

} // namespace troupe::test
