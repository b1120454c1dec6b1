#pragma once

#include "runtime/host/process_groups.hpp"

namespace troupe::host {

/// The variable that names the group of a process on hosts without control groups.
inline constexpr auto group_variable = "TROUPE_GROUP";

inline std::map<std::string, std::string> group_marks(const std::string& mark,
                                                      const std::string& group) {
  return {{group_variable, mark + ":" + group}};
}

/// Groups by what processes carry in their environments, found by looking at all processes. A process
/// that changes its environment leaves its group.
class marked_groups : public process_groups {
public:
  explicit marked_groups(std::string mark) : mark_{std::move(mark)} {}

  std::string_view backend() const override { return "marks"; }
  bool can_be_left() const override { return true; }
  void make(const std::string&, bool) override {}
  void enter(const std::string&, pid_t) override {}
  std::map<std::string, std::string> marks(const std::string& group) const override {
    return group_marks(mark_, group);
  }
  std::vector<pid_t> members(const std::string& group) override;
  bool kill(const std::string& group) override;
  void remove(const std::string&) override {}

private:
  std::string mark_;
};

} // namespace troupe::host
