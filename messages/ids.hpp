#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace troupe {

/// A number that names one thing of one kind; 0 names nothing.
template <class Tag>
struct numbered {
  std::uint64_t value = 0;

  auto operator<=>(const numbered&) const = default;
  explicit operator bool() const { return value != 0; }
};

template <class Tag>
std::string to_string(numbered<Tag> id) {
  return std::to_string(id.value);
}

using change_id = numbered<struct change_tag>;
using task_id = numbered<struct task_tag>;

/// A lane's number within its change; lane 0 holds the tasks that belong to the change alone.
using lane_number = std::uint32_t;

/// Names a lane on the whole host.
struct lane_key {
  change_id change;
  lane_number lane = 0;

  auto operator<=>(const lane_key&) const = default;
};

inline std::string to_string(const lane_key& key) {
  return to_string(key.change) + "/" + std::to_string(key.lane);
}

} // namespace troupe

template <class Tag>
struct std::hash<troupe::numbered<Tag>> {
  std::size_t operator()(troupe::numbered<Tag> id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};

template <>
struct std::hash<troupe::lane_key> {
  std::size_t operator()(const troupe::lane_key& key) const noexcept {
    return std::hash<std::uint64_t>{}(key.change.value * 1000003U + key.lane);
  }
};
