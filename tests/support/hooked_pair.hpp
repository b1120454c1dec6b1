#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/local_store.hpp"

namespace troupe::test {

/// Two snaps of one publisher in a store, `player` with plug `music` and `library` with slot `music` of
/// interface content, whose hooks note that they run and fail on demand.
class hooked_pair {
public:
  explicit hooked_pair(const world& of) : of_{of}, store_{of} {}

  const local_store& store() const { return store_; }

  /// Offers the next revision of the player or the library.
  void offer_player(const std::string& version, bool has_plug = true) const;
  void offer_library(const std::string& version) const;

  /// What the store declares of the library's plugs and slots: the YAML of a declaration.
  void declare_library(const std::string& rules) const;

  /// What prepare-plug-music sets as its plug's attribute `mood` from now on.
  void set_mood(const std::string& mood) const;

  enum class failing : std::uint8_t { exits, killed, hangs };

  /// `player:connect-plug-music` fails from now on; empty: none.
  void fail_in(const std::string& hook, failing how = failing::exits) const;

  /// Is there once a hook hangs.
  std::filesystem::path hanging() const { return of_.where.work() / "hanging"; }

  /// What has run since the last call, as SNAP:HOOK, with "!" behind what has run to undo something.
  std::vector<std::string> ran() const;

private:
  snap_source with_hooks(snap_source source, const std::string& side) const;
  void offer(snap_source source) const;

  const world& of_;
  local_store store_;
};

/// The connections as the API shows them.
json::object connections(world& of);

} // namespace troupe::test
