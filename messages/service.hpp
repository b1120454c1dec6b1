#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/snap_state.hpp"
#include "messages/time.hpp"

namespace troupe {

/// Where a service is in its life.
enum class service_phase : std::uint8_t {
  inactive, ///< Not asked for, or stopped.
  starting, ///< Begun, and not ready yet.
  active,
  stopping,
  waiting, ///< Until it is started again by itself.
  failed,  ///< It isn't started again by itself.
  ended,   ///< By itself, as it should; it isn't started again by itself.
};

inline std::string_view to_word(service_phase phase) {
  switch (phase) {
  case service_phase::inactive:
    return "inactive";
  case service_phase::starting:
    return "starting";
  case service_phase::active:
    return "active";
  case service_phase::stopping:
    return "stopping";
  case service_phase::waiting:
    return "waiting";
  case service_phase::failed:
    return "failed";
  case service_phase::ended:
    break;
  }
  return "ended";
}

/// What happens to a service's processes.
namespace service_events {

/// It has been started.
struct spawned {};
/// It can't be started.
struct not_spawned {
  std::string why;
};
/// It has said that it is ready.
struct ready {};
/// Its first process has ended.
struct exited {
  int status = -1; ///< -1: a signal ended it.
  int signal = 0;
  bool leaves_others = false; ///< Others of it live.
};
/// None of its processes is left.
struct vacated {};
/// Its stop-command, reload-command or post-stop-command has ended.
struct command_ended {};
/// The time that was to be waited for is over.
struct time_is_up {};

} // namespace service_events

using service_event =
    std::variant<service_events::spawned, service_events::not_spawned, service_events::ready,
                 service_events::exited, service_events::vacated, service_events::command_ended,
                 service_events::time_is_up>;

enum class service_verb : std::uint8_t {
  start,
  stop,
  restart,
  reload, ///< By its reload-command; a service that has none is restarted.
};

/// What is to be done with services of one snap.
struct service_command {
  service_verb verb = service_verb::start;
  std::string snap; ///< The instance name.
  revision rev;     ///< start, restart, reload: what they are started from, now and by themselves.
  snap_info_ptr info;
  std::vector<std::string> apps; ///< Which; stop: empty for all.
  bool only_active = false;      ///< restart, reload: leaves those alone that aren't active.
  bool forgets = false;          ///< stop: the snap goes.
};

/// What starts with the daemon.
struct services_at_boot {
  std::vector<service_command> now;
  std::vector<service_command> later; ///< When the change ends that is under way with the snap.
};

/// What a command has done.
struct service_result {
  std::vector<std::string> started; ///< Those that weren't active before, sorted.
  std::vector<std::string> stopped; ///< Those that were active or about to be, sorted.
};

struct service_status {
  std::string snap;
  std::string app;
  service_phase phase = service_phase::inactive;
  std::int32_t pid = 0;       ///< Of its first process; 0: there is none.
  std::uint32_t restarts = 0; ///< By itself, since it was last asked to start.
  std::string reason;         ///< Why it failed, or is to be started again; or empty.
};

/// A line of what a service has written.
struct service_line {
  time_point at;
  std::string service; ///< SNAP.APP.
  std::int32_t pid = 0;
  std::string text; ///< UTF-8, without its end of line.
};

/// Told of the lines that services write, from any thread.
class service_line_follower {
public:
  virtual ~service_line_follower() = default;

  virtual void tell(const service_line& line) = 0;

  /// Nobody listens any more.
  virtual bool is_gone() const = 0;
};

} // namespace troupe
