#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/company.hpp"
#include "runtime/host/facility.hpp"
#include "runtime/host/random_text.hpp"
#include "runtime/journal/database.hpp"
#include "runtime/rules/constraints.hpp"

namespace troupe {

/// What an engine is made with.
struct engine_options {
  std::shared_ptr<journal_database> database;
  const task_host* host = nullptr; ///< Outlives the engine.
  std::vector<host::facility> facilities;
  constraint_mode constraints = constraint_mode::scoped;
  bool detached = true;   ///< False on a test coordinator, which must have one thread only.
  std::uint64_t seed = 0; ///< Of what is drawn: the moments at which snaps are refreshed by themselves.
  /// Makes the cookies of hooks; nobody may guess the next.
  std::function<std::string()> new_cookie = host::random_cookie;
};

/// Sets what CAF needs to be told before a system is made: traps of version 0.17.
void configure(caf::actor_system_config& config);

/// All actors of a daemon. Unready changes of the journal go on as soon as it is made.
class engine {
public:
  engine(caf::actor_system& system, engine_options options);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  /// Stops all services and returns once none is left, at most after limits::services_stop or so. The
  /// actors must have threads of their own.
  void stop_services();

  const gateway_actor& gateway() const { return gateway_; }
  const director_actor& director() const { return director_; }
  const refresher_actor& refresher() const { return refresher_; }
  const company& members() const { return *company_; }

private:
  company_ptr company_;
  director_actor director_;
  refresher_actor refresher_;
  gateway_actor gateway_;
};

} // namespace troupe
