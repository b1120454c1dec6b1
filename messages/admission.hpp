#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/ids.hpp"

namespace troupe {

/// How much a snap matters to others. Unknown counts as shared.
enum class lane_role : std::uint8_t { plain, shared };

/// What the scheduler has to know of a lane to apply CONSTRAINTS.
struct lane_summary {
  lane_key key;
  std::vector<std::string> snaps; ///< Instance names; several where one lane works on all of a change.
  bool affects_link = false;      ///< Has a task that links, unlinks or writes profiles.
  lane_role role = lane_role::shared;
  bool is_known = false;          ///< Whether the bases below are all there are.
  std::vector<std::string> bases; ///< Those its snaps run on, before and after.
  std::vector<std::string> slot_interfaces;
  std::vector<std::string> plug_interfaces;
  std::vector<std::string> connected_to; ///< Instance names.
  bool is_system = false;                ///< snapd or core.
};

/// Shows that the scheduler has let a lane in; nobody else can make one.
class admission_pass {
public:
  admission_pass() = default;

  explicit operator bool() const { return is_let_in_; }

private:
  friend class scheduler;
  explicit admission_pass(bool is_let_in) : is_let_in_{is_let_in} {}

  bool is_let_in_ = false;
};

/// What keeps a lane out.
struct admission_obstacle {
  lane_key other;
  std::string rule; ///< For instance `shares an interface`.
};

} // namespace troupe
