#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a snap is for. Source: snap.yaml, key `type`.
enum class snap_type : std::uint8_t { app, base, os, kernel, gadget, snapd };

/// Which confinement a snap asks for. Source: snap.yaml, key `confinement`.
enum class confinement : std::uint8_t { strict, devmode, classic };

/// An application or service of a snap. Source: snap.yaml, `apps`.
struct app_info {
  std::string name;
  std::string command;                    ///< Relative to the snap; may have arguments.
  std::vector<std::string> command_chain; ///< Run before the command, each relative to the snap.
  std::string stop_command;
  std::string post_stop_command;
  std::string reload_command;
  std::string daemon; ///< simple, forking, oneshot, notify or empty.
  std::string restart_condition;
  std::uint64_t start_timeout_ms = 0; ///< 0: the default.
  std::uint64_t stop_timeout_ms = 0;  ///< 0: the default.
  std::uint64_t restart_delay_ms = 0; ///< 0: a short one that grows.
  std::vector<std::string> before;
  std::vector<std::string> after;
  std::string refresh_mode; ///< restart, endure, ignore-running or empty.
  std::map<std::string, std::string> environment;
  std::vector<std::string> plugs;
  std::vector<std::string> slots;
  std::vector<std::string> aliases;

  bool is_service() const { return !daemon.empty(); }
  bool operator==(const app_info&) const = default;
};

/// A hook that a snap declares or ships. Source: snap.yaml, `hooks`, and the files in meta/hooks.
struct hook_info {
  std::string name;
  std::vector<std::string> plugs;
  std::vector<std::string> slots;
  std::map<std::string, std::string> environment;
  std::vector<std::string> command_chain;

  bool operator==(const hook_info&) const = default;
};

/// A plug or a slot. Source: snap.yaml, `plugs` and `slots`, in all their forms.
struct endpoint_info {
  std::string name;
  std::string interface;
  std::string label;
  std::string attributes; ///< A JSON object.

  bool operator==(const endpoint_info&) const = default;
};

/// Which data formats a revision reads and writes. Source: snap.yaml, key `epoch`.
struct epoch {
  std::vector<std::uint32_t> read{0};
  std::vector<std::uint32_t> write{0};

  bool operator==(const epoch&) const = default;
};

/// What meta/snap.yaml says, checked.
struct snap_info {
  std::string name; ///< Without instance key.
  std::string version;
  snap_type type = snap_type::app;
  std::string base; ///< Empty: none was named. "none": runs on nothing.
  std::string title;
  std::string summary;
  std::string description;
  std::string license;
  troupe::confinement confinement = troupe::confinement::strict;
  std::string grade;
  troupe::epoch epoch;
  std::vector<std::string> architectures;
  std::vector<std::string> assumes;
  std::map<std::string, std::string> environment;
  std::vector<app_info> apps;           ///< By name.
  std::vector<hook_info> hooks;         ///< By name.
  std::vector<endpoint_info> plugs;     ///< By name.
  std::vector<endpoint_info> slots;     ///< By name.
  std::string refresh_pending_behavior; ///< block, allow or empty (allow).
  std::uint64_t image_bytes = 0;        ///< Size of the image file; 0 for a directory.

  const app_info* find_app(const std::string& app) const {
    for (const auto& a : apps)
      if (a.name == app)
        return &a;
    return nullptr;
  }
  bool has_hook(const std::string& hook) const {
    for (const auto& h : hooks)
      if (h.name == hook)
        return true;
    return false;
  }
  bool operator==(const snap_info&) const = default;
};

using snap_info_ptr = std::shared_ptr<const snap_info>;

} // namespace troupe
