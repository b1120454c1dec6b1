#pragma once

#include <unistd.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "actors/engine.hpp"
#include "tests/sim/simulated_host.hpp"

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
        constraint_mode mode = constraint_mode::scoped)
      : config_{},
        system_{config_},
        os_{sim::ports_of(on)},
        host_{paths_, os_, "/bin/troupe-run", false},
        actors_{
            std::in_place, system_,
            engine_options{std::make_shared<journal_database>(journal, 0), &host_, {}, mode, false}} {}
  ~stage() {
    actors_.reset();
    run();
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Handles messages until there are none, or until `enough` says so after one of them.
  void run(const std::function<bool()>& enough = [] { return false; }) {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    while (scheduler.try_run_once())
      if (enough())
        return;
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

  test_config config_;
  caf::actor_system system_;
  layout paths_{"/root"};
  host::ports os_;
  task_host host_;
  std::optional<engine> actors_;
};

/// A request to install a snap of this name with these hooks; its image is put into the world's spool.
operation_request install(sim::world& on, const std::string& name,
                          const std::vector<std::string>& hooks = {}, const std::string& base = {},
                          snap_type type = snap_type::app);

/// A request for one of the other verbs.
operation_request operate(const std::string& verb, const std::string& name);

} // namespace troupe::test
