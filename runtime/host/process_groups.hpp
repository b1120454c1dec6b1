#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace troupe::host {

/// Named groups of processes: what a member forks is a member too, whatever session it makes. Names are
/// like `snap.hello` or `snap.hello.service.web`. Every operation may be done twice and throws
/// troupe::failure.
class process_groups {
public:
  virtual ~process_groups() = default;

  /// "cgroup2", "freezer", or "marks" where the host has neither: then a process belongs to the group
  /// that its environment names.
  virtual std::string_view backend() const = 0;

  /// Whether a process can leave its group by itself, as by changing its environment.
  virtual bool can_be_left() const { return false; }

  /// Makes a group. `open`: any user may let processes of theirs enter, where the host can grant that.
  virtual void make(const std::string& group, bool open) = 0;

  /// Lets a process enter a group that is there. Nothing happens where marks are all there is.
  virtual void enter(const std::string& group, pid_t process) = 0;

  /// The variables that a process of the group has to carry in its environment.
  virtual std::map<std::string, std::string> marks(const std::string& group) const = 0;

  /// The processes of a group; none where there is no such group.
  virtual std::vector<pid_t> members(const std::string& group) = 0;

  /// Kills all of a group with SIGKILL, frozen ones and those that they fork meanwhile too, and waits
  /// until they are gone, at most limits::process_stop_grace. Returns whether none is left.
  virtual bool kill(const std::string& group) = 0;

  /// Forgets a group without members; one with members stays.
  virtual void remove(const std::string& group) = 0;
};

} // namespace troupe::host
