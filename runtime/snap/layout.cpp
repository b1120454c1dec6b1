#include "runtime/snap/layout.hpp"

#include <utility>

#include "runtime/snap/names.hpp"

namespace troupe {

using std::filesystem::path;

layout::layout(path root) : root_{std::move(root)} {}

path layout::mount_dir(const std::string& name) const { return root_ / "snap" / name; }
path layout::mount_point(const std::string& name, revision rev) const {
  return mount_dir(name) / to_string(rev);
}
path layout::current_link(const std::string& name) const { return mount_dir(name) / "current"; }

path layout::bin_dir() const { return root_ / "snap/bin"; }
path layout::launcher(const std::string& name, const std::string& app) const {
  return bin_dir() / (app == split_instance_name(name).snap ? name : name + "." + app);
}
path layout::alias_link(const std::string& alias) const { return bin_dir() / alias; }

path layout::images_dir() const { return root_ / "var/lib/snapd/snaps"; }
path layout::image(const std::string& name, revision rev) const {
  return images_dir() / (name + "_" + to_string(rev) + ".snap");
}

path layout::snap_data_dir(const std::string& name) const { return root_ / "var/snap" / name; }
path layout::data_dir(const std::string& name, revision rev) const {
  return snap_data_dir(name) / to_string(rev);
}
path layout::former_data_dir(const std::string& name, revision rev) const {
  return snap_data_dir(name) / (to_string(rev) + ".former");
}
path layout::common_data_dir(const std::string& name) const { return snap_data_dir(name) / "common"; }

path layout::tools_dir() const { return root_ / "var/lib/snapd/tools"; }

path layout::profiles_dir() const { return root_ / "var/lib/snapd/profiles"; }
path layout::profile(const std::string& name, revision rev) const {
  return profiles_dir() / (name + "_" + to_string(rev) + ".json");
}

path layout::state_dir() const { return root_ / "var/lib/troupe"; }
path layout::database() const { return state_dir() / "journal.db"; }
path layout::spool_dir() const { return state_dir() / "spool"; }
path layout::snapshots_dir() const { return state_dir() / "snapshots"; }
path layout::former_release_agent() const { return state_dir() / "release-agent.former"; }
path layout::release_agent() const { return tools_dir() / "release-agent"; }
path layout::stores_file() const { return root_ / "etc/troupe/stores.yaml"; }
path layout::seen_stores() const { return state_dir() / "stores-seen.json"; }
path layout::lock_file() const { return state_dir() / "lock"; }

path layout::service_logs_dir() const { return root_ / "var/log/troupe/services"; }
path layout::service_log(const std::string& name, const std::string& app) const {
  return service_logs_dir() / (name + "." + app + ".log");
}

path layout::run_dir() const { return root_ / "run"; }
path layout::troupe_socket() const { return run_dir() / "troupe.socket"; }
path layout::snap_socket() const { return run_dir() / "snapd.socket"; }
path layout::snapctl_socket() const { return run_dir() / "snapd-snap.socket"; }
path layout::snapctl_dir() const { return run_dir() / "snapd/ctl"; }
path layout::confined_snapctl_socket() const { return snapctl_dir() / "snapctl.socket"; }
path layout::run_control_dir() const { return run_dir() / "snapd/runctl"; }

} // namespace troupe
