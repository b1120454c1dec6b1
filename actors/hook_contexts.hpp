#pragma once

#include <functional>
#include <map>
#include <string>

#include "actors/actor_base.hpp"

namespace troupe {

/// Owns which running hooks may ask for something. Nothing of it outlives the daemon, and neither do the
/// hooks: those that a killed daemon has left are killed when the next one starts.
class hook_contexts : public actor_base<hook_contexts_actor> {
public:
  hook_contexts(caf::actor_config& config, std::function<std::string()> new_cookie,
                inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  struct open_context {
    hook_context what; ///< As it began.
    std::shared_ptr<said_words> said;
  };

  const open_context& find(const std::string& cookie) const;

  std::function<std::string()> new_cookie_;
  inspector_actor inspector_;
  std::map<std::string, open_context> open_; ///< By cookie.
};

} // namespace troupe
