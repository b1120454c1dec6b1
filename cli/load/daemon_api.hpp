#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/time.hpp"
#include "runtime/api/http_client.hpp"

namespace troupe::load {

/// A change as the daemon shows it.
struct seen_change {
  std::string id;
  std::string status;
  std::string error; ///< Empty where it has none.
  bool ready = false;
  time_point begun;
  time_point ended;                                       ///< Set once it is ready.
  std::vector<std::string> snaps;                         ///< That it is about.
  std::vector<std::pair<std::string, std::string>> tasks; ///< Summary and status.

  /// Whether the change did to a snap all that it was to do. Its status speaks of all its snaps
  /// together.
  bool carried_out_for(const std::string& snap) const;

  /// Whether a removal took away the snap's data, and the snap itself: neither can be undone.
  bool has_cleared(const std::string& snap) const;
  bool has_discarded(const std::string& snap) const;
};

/// What a load asks a daemon, beside its operations. All throw failure, as http_client does, and where
/// an answer isn't what the API promises. For one thread at a time.
class daemon_api {
public:
  explicit daemon_api(const std::filesystem::path& socket) : client_{socket} {}

  http_client& client() { return client_; }

  /// The directory that the daemon lives under.
  std::filesystem::path root();

  /// Whether each snap of a load's prefix that is installed is active.
  std::map<std::string, bool> snaps();

  seen_change change(const std::string& id);

  /// Of those that aren't ready, the ones about snaps of a load.
  std::vector<seen_change> unready_changes();

  /// The statuses of the changes that the daemon still shows, by their ids.
  std::map<std::string, std::string> shown_changes();

  /// As shown_changes, of the ended changes about a snap that its history holds, the newest of them.
  std::map<std::string, std::string> history(const std::string& snap);

  /// Looks until a change is ready or `gives_up` says so; then it is returned as it is.
  seen_change follow(const std::string& id, const std::function<bool()>& gives_up);

  /// Removes these snaps in one change and waits for its end. Throws failure where one stays.
  void remove(const std::vector<std::string>& names);

private:
  http_client client_;
};

} // namespace troupe::load
