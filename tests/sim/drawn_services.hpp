#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/sim/coverage.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/expected_services.hpp"
#include "tests/sim/simulated_services.hpp"

namespace troupe::sim {

/// Services whose behaviour is drawn at each of their starts, some of which end by themselves; and the
/// rule that they run from the current revision only.
class drawn_services {
public:
  /// What the rest of a simulation knows and does.
  struct surroundings {
    std::function<const app_info&(const std::string& snap, const std::string& app)> app_of;
    std::function<bool(const std::string& snap)> is_unsure;
    std::function<void(const std::string& event)> note;
    std::function<void(const std::string& rule)> broken;
  };

  drawn_services(world& on, hit_counts& hits, service_troubles& troubles, surroundings around);

  /// From now on; null: they behave. They misbehave once in `one_in` starts, with 0 never.
  void draw_from(dice* random, std::size_t one_in) {
    random_ = random;
    one_in_ = one_in;
  }

  std::shared_ptr<host::service_processes> port() const { return host_; }
  std::set<std::string> running() const { return host_->running(); }

  /// To be called once all messages are handled.
  void all_is_heard() { unheard_.clear(); }

  /// One of them ends, or what one has left does.
  void act(dice& random);

  void daemon_killed();

  /// Whether some have begun that nobody may have heard of.
  bool is_any_unheard() const { return !unheard_.empty(); }

  /// A long time passes amid an effect: those that are about to begin, or have begun unheard, may count
  /// as late.
  void pass_unheard();
  void cut_power() { host_->cut_power(); }

  /// Looks whether one runs from another revision than the one that this link now leads to.
  void check_link(const std::string& link);

  /// Looks whether one runs from a revision whose files have gone.
  void check_unmounted(const std::string& directory);

private:
  simulated_services::behaviour draw(const std::string& name, const host::service_spec& spec);
  void note(const std::string& name, std::string_view what);
  void check_start(const std::string& name) const;

  world& world_;
  hit_counts& hits_;
  service_troubles& troubles_;
  surroundings around_;
  std::shared_ptr<simulated_services> host_;
  dice* random_ = nullptr;
  std::size_t one_in_ = 0;
  std::set<std::string> known_;   ///< SNAP.APP of all that ever were to be started.
  std::set<std::string> unheard_; ///< Of those that have begun since all was heard.
  bool is_never_ready_ = false;   ///< The one that was drawn last.
};

} // namespace troupe::sim
