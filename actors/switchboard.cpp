#include "actors/switchboard.hpp"

namespace troupe {

switchboard::switchboard(caf::actor_config& config, const interface_book& book, policy_system system,
                         const std::vector<snap_state_ptr>& installed,
                         const std::vector<std::pair<connection_ref, lane_key>>& promised,
                         inspector_actor inspector)
    : actor_base{config, "switchboard", inspector}, wiring_{book, std::move(system)} {
  for (const auto& state : installed)
    wiring_.put(state);
  for (const auto& [ref, lane] : promised)
    wiring_.promise(ref, lane);
}

switchboard::behavior_type switchboard::make_behavior() {
  return {
      [this](const use_wiring& what) {
        return answer<wiring_used>([&] {
          (*what.use)(wiring_);
          return wiring_used{};
        });
      },
      [this](const snap_changed& what) { wiring_.put(what.state); },
  };
}

} // namespace troupe
