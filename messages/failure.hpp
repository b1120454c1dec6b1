#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe {

/// What sort of refusal or fault a failure is; decides the HTTP status, the API's "kind" and the
/// client's exit code. Source of the words: the snap client's contract, section "Error kinds".
enum class failure_kind : std::uint8_t {
  bad_request,                ///< 400, no kind: the request itself is wrong.
  not_found,                  ///< 404, no kind.
  method_not_allowed,         ///< 405.
  too_large,                  ///< 413.
  login_required,             ///< 401.
  forbidden,                  ///< 403.
  snap_not_found,             ///< 404 snap-not-found.
  snap_not_installed,         ///< 404 snap-not-installed.
  snap_already_installed,     ///< 400 snap-already-installed.
  snap_not_a_snap,            ///< 400 snap-not-a-snap.
  snap_needs_classic,         ///< 400 snap-needs-classic.
  snap_local,                 ///< 400 snap-local: it came from a file, and no store can update it.
  no_update_available,        ///< 400 snap-no-update-available.
  revision_not_available,     ///< 404 snap-revision-not-available.
  channel_not_available,      ///< 404 snap-channel-not-available.
  architecture_not_available, ///< 404 snap-architecture-not-available.
  option_not_found,           ///< 400 option-not-found.
  app_not_found,              ///< 404 app-not-found.
  network_timeout,            ///< 400 network-timeout.
  interfaces_unchanged,       ///< 400 interfaces-unchanged: there is nothing to disconnect.
  change_conflict,            ///< 409 snap-change-conflict.
  insufficient_space,         ///< 507 insufficient-disk-space.
  unsuccessful,               ///< 200 unsuccessful: a command of snapctl has ended like this.
  unavailable,                ///< 503: the daemon stops, or its journal can't be written.
  internal,                   ///< 500: a fault of ours.
};

/// A refusal or a fault in the user's words: `cannot VERB OBJECT: reason`.
class failure : public std::runtime_error {
public:
  failure(failure_kind kind, const std::string& message, std::string value = {})
      : std::runtime_error{message}, kind_{kind}, value_{std::move(value)} {}

  /// A wrong request, the commonest kind.
  explicit failure(const std::string& message) : failure{failure_kind::bad_request, message} {}

  failure_kind kind() const { return kind_; }

  /// JSON text that a program can use, or empty.
  const std::string& value() const { return value_; }

private:
  failure_kind kind_;
  std::string value_;
};

} // namespace troupe
