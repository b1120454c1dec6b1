#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "cli/load/daemon_api.hpp"
#include "cli/load/load_model.hpp"
#include "cli/load/load_snaps.hpp"
#include "cli/load/pacer.hpp"
#include "cli/load/recorder.hpp"

namespace troupe::load {

/// What the clients of a load share.
struct common_ground {
  const std::vector<load_snap>& snaps;
  pacer& pace;
  recorder& notes;
  std::function<bool()> gives_up; ///< Whether nobody waits for changes any more.

  std::mutex guard; ///< Of what follows.
  load_model model;
  std::map<std::string, seen_change> accepted; ///< Every accepted change, as it ended.
};

/// Performs operations, one after the other, until the load is over. A daemon that doesn't answer ends
/// it for all clients.
class load_client {
public:
  load_client(common_ground& ground, const std::filesystem::path& socket)
      : ground_{ground}, daemon_{socket} {}

  void run();

private:
  using answer = http_client::answer;

  void perform(const operation& what, steady::time_point due, std::string& change);
  void follow(const operation& what, steady::time_point due, const std::string& change);
  void note_end(const operation& what, const seen_change& ended, float milliseconds);
  void note_refusal(operation_kind kind, const answer& got);
  answer ask(const operation& what);
  answer install(const operation& what);
  std::string name_of(const operation& what) const { return ground_.snaps[what.snaps.front()].name; }

  common_ground& ground_;
  daemon_api daemon_;
};

} // namespace troupe::load
