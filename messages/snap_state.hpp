#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/connection.hpp"
#include "messages/health.hpp"
#include "messages/publisher.hpp"
#include "messages/snap_info.hpp"
#include "messages/time.hpp"

namespace troupe {

/// A revision: positive from a store ("7"), negative from a local file ("x1"), 0 for none.
struct revision {
  std::int32_t number = 0;

  bool is_local() const { return number < 0; }
  explicit operator bool() const { return number != 0; }
  auto operator<=>(const revision&) const = default;
};

/// Returns "x1" for -1, "7" for 7 and "unset" for 0.
inline std::string to_string(revision rev) {
  if (!rev)
    return "unset";
  return rev.is_local() ? "x" + std::to_string(-std::int64_t{rev.number}) : std::to_string(rev.number);
}

/// Returns the revision written like this, or nothing where the text is none.
inline std::optional<revision> revision_from_text(std::string_view text) {
  if (text == "unset")
    return revision{};
  bool local = text.starts_with('x');
  auto digits = text.substr(local ? 1 : 0);
  std::int32_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  // One text a revision: signs and leading zeros are no other way to write it.
  if (error != std::errc{} || end != digits.data() + digits.size() || number <= 0 ||
      digits.front() == '0')
    return std::nullopt;
  return revision{local ? -number : number};
}

/// How a snap was asked to be installed.
struct snap_flags {
  bool devmode = false;
  bool jailmode = false;
  bool classic = false;

  bool operator==(const snap_flags&) const = default;
};

/// A revision that is on this host.
struct installed_revision {
  revision rev;
  snap_info_ptr info;
  time_point installed_at;
  std::string config{}; ///< JSON object: the configuration when it was last left; empty: it never was.
};

/// A revision that has failed on this host once it ran; automatic refreshes pass it over.
struct bad_revision {
  revision rev;
  std::string reason; ///< One line for people.
  time_point since;

  bool operator==(const bad_revision&) const = default;
};

/// Who has published a snap that came from a store, and its id there; all empty for a local file.
struct snap_origin {
  std::string snap_id;
  troupe::publisher publisher;
  /// What the store declares to be its automatic aliases: by alias the application.
  std::map<std::string, std::string> aliases{};
  std::string declaration = "{}"; ///< JSON object: what the store declares of its plugs and slots.

  bool operator==(const snap_origin&) const = default;
};

/// What a snap has said of itself by a hook, last.
struct snap_health {
  health_report report;
  revision rev; ///< Of which revision the hook was.
  time_point since;

  bool operator==(const snap_health&) const = default;
};

/// Which application an alias starts. Two may know of it: the snap's publisher, and the operator, whose
/// word counts.
struct snap_alias {
  std::string automatic; ///< The application that the publisher says, or empty. The revision has it.
  /// The application that the operator says, or empty. Where the revision lacks it, the alias waits for
  /// one that has it.
  std::string manual;

  bool operator==(const snap_alias&) const = default;
};

/// All that one snap's actor owns; immutable once shared.
struct snap_state {
  std::string name;          ///< The instance name.
  std::uint64_t version = 0; ///< Grows by one with each update; orders the rows in the journal.
  std::vector<installed_revision> revisions; ///< In the order they were first linked.
  revision current;                          ///< The revision that `current` points or last pointed to.
  bool active = false; ///< Whether `current` is linked and applications may be started.
  std::string channel; ///< Tracked channel; empty for local files.
  snap_flags flags;
  std::string config = "{}"; ///< A JSON object.
  snap_origin origin;
  std::vector<bad_revision> bad;             ///< The newest last; at most limits::bad_revisions_kept.
  std::optional<snap_health> health;         ///< None: it never said, or what said it is gone.
  std::map<std::string, snap_alias> aliases; ///< By alias.
  bool no_automatic_aliases = false;         ///< The operator has turned them off.
  std::vector<std::string>
      disabled_services; ///< Applications, sorted, that aren't started by themselves.
  /// Those that it has one end of; the snap at the other end, unless that is the system, has the same.
  std::map<connection_ref, connection> connections;

  bool is_installed() const { return !revisions.empty(); }

  const installed_revision* find(revision rev) const {
    for (const auto& r : revisions)
      if (r.rev == rev)
        return &r;
    return nullptr;
  }

  /// The metadata of the current revision; null where nothing is installed.
  const snap_info* info() const {
    const auto* r = find(current);
    return r ? r->info.get() : nullptr;
  }
};

using snap_state_ptr = std::shared_ptr<const snap_state>;

/// Makes a revision the current, active one; adds it if it is new to the host. The configuration is kept
/// with the revision that was current, for when that is gone back to.
struct link_revision {
  installed_revision revision;
  std::string channel;
  snap_flags flags;
  snap_origin origin{};
  bool restores_config = false; ///< Goes back to the configuration that it was left with.
};

/// Makes the snap inactive; `current` stays known.
struct unlink_current {};

/// Forgets a revision; the snap is gone with its last one.
struct forget_revision {
  revision rev;
};

/// Puts back what a former update changed: the undo of link_revision and unlink_current.
struct restore_link {
  revision current; ///< 0: the snap wasn't installed.
  bool active = false;
  std::string channel;
  snap_flags flags;
  std::string config = "{}";
  revision drop{}; ///< A revision to forget as well, or 0.
  snap_origin origin{};
};

/// Replaces a snap's configuration.
struct set_config {
  std::string config; ///< A JSON object.
};

/// Changes some options of a snap's configuration.
struct edit_config {
  std::vector<std::string>
      edits; ///< JSON objects, in their order: by dotted names values, null to unset.
};

/// Follows another channel.
struct track_channel {
  std::string channel;
};

/// Remembers that a revision has failed.
struct remember_bad {
  bad_revision what;
};

/// Replaces what the snap has said of itself, or forgets it.
struct set_health {
  std::optional<snap_health> health;
};

/// Replaces the aliases of a snap's applications.
struct set_aliases {
  std::map<std::string, snap_alias> aliases;
  bool no_automatic = false;
};

/// Replaces which services aren't started by themselves.
struct set_disabled_services {
  std::vector<std::string> services;
};

/// Remembers a connection of the snap, or forgets it.
struct set_connection {
  connection_ref ref;
  std::optional<connection> to;
};

/// A change to one snap's state. Applied by its actor alone; the effect is rules/snap_update.
using snap_update = std::variant<link_revision, unlink_current, forget_revision, restore_link,
                                 set_config, track_channel, remember_bad, set_health, set_aliases,
                                 set_disabled_services, set_connection, edit_config>;

} // namespace troupe
