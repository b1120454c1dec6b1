#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "messages/snap_info.hpp"
#include "messages/snapshot.hpp"
#include "messages/store.hpp"
#include "runtime/host/ports.hpp"

/// A host in memory, for tests that must be able to copy it, stop it and look at all of it.
namespace troupe::sim {

/// Told of every effect on a simulated host, before it and after it. What it throws is what the host
/// answers, so that an effect can fail before it is done, or though it is done.
class effect_watcher {
public:
  virtual ~effect_watcher() = default;

  /// `site` is the port's function, `what` the path or hook that it is about.
  virtual void before(std::string_view site, const std::string& what) = 0;
  virtual void after(std::string_view site, const std::string& what) = 0;

  /// Whether the effect that comes is done only in part, and then fails.
  virtual bool fails_in_part() { return false; }

  /// How a hook's process ends, if not as the world says.
  virtual std::optional<host::process_result> hook_result() { return std::nullopt; }
};

/// A snapshot: what it says about itself, and what hooks had left in the directories that were there.
struct kept_snapshot {
  snapshot_info info;
  std::optional<std::string> revision{};
  std::optional<std::string> common{};
};

/// What there is on the host, and what its processes will do.
struct world {
  std::set<std::string> entries;                  ///< Files, directories and links, by path.
  std::map<std::string, std::string> links;       ///< What links point to.
  std::map<std::string, std::string> texts;       ///< What has been written to files, by path.
  std::map<std::string, std::string> data;        ///< What hooks have left in data directories, by path.
  std::map<std::string, kept_snapshot> snapshots; ///< By path.
  std::map<std::string, snap_info_ptr> published; ///< What a store's files hold, by their names there.
  store_index offered;                            ///< What the store's index says.
  std::map<std::string, snap_info_ptr> images;    ///< What downloaded images hold, by path.
  std::set<std::string> mounted;
  std::map<std::string, std::vector<snap_process>> running; ///< Applications, by snap.
  std::set<std::string> inhibited;                          ///< Snaps whose launchers wait.
  std::set<std::string> launching;                          ///< Snaps whose lock a launcher holds.
  std::set<std::string> delaying_shutdown; ///< Snaps because of which shutdown waits, while a daemon is.
  /// Who is to hear when something of a snap may have ended, by snap.
  std::multimap<std::string, const std::function<void()>*> followers;
  std::vector<std::string> hooks_run; ///< `snap/hook`, in order.
  std::string hook_connection;        ///< What the last hook's connection was, as `PLUG SLOT`, or empty.
  std::map<std::string, int> hook_exit_status; ///< By `snap/hook`; 0 unless given.
  int spool_faults = 0;                        ///< How many of the next removals from the spool fail.
  time_point now{std::chrono::seconds{1'700'000'000}};
  effect_watcher* watcher = nullptr;
  std::function<void(const host::process_spec&)> amid_hook; ///< What a hook's process does; may be null.
  std::function<void()> slipped_in{}; ///< Told when an application keeps a snap from being inhibited.
  std::function<std::size_t()> end_services; ///< Ends those of a killed daemon; null: there are none.
  std::function<void(duration)> pass;        ///< Lets time pass amid an effect; null: it stands still.
};

/// Has an effect, under the eyes of the world's watcher.
template <class Act>
void affect(world& w, std::string_view site, const std::string& what, Act act) {
  if (w.watcher)
    w.watcher->before(site, what);
  act();
  if (w.watcher)
    w.watcher->after(site, what);
}

/// Those entries of a world that belong to snaps: what an undone change must not leave.
inline std::vector<std::string> snap_files(const world& w) {
  std::vector<std::string> found(w.mounted.begin(), w.mounted.end());
  for (const auto& entry : w.entries)
    if (entry.find("/snap/") != entry.npos || entry.find("/snaps/") != entry.npos)
      found.push_back(entry);
  return found;
}

class simulated_files : public host::files {
public:
  explicit simulated_files(world& w) : world_{w} {}

  void place_image(const path& from, const path& to) override {
    if (!exists(from) && !exists(to))
      throw failure{"cannot place image \"" + from.string() + "\": no such file"};
    add("place_image", to);
  }
  void copy_tree(const path& from, const path& to) override {
    if (!exists(from) && !exists(to))
      throw failure{"cannot copy \"" + from.string() + "\": no such directory"};
    affect(world_, "copy_tree", to, [&] {
      // If it is there already, the copy was done before.
      if (world_.entries.insert(to.string()).second)
        world_.data[to.string()] = world_.data[from.string()];
    });
  }
  void remove_file(const path& file) override {
    if (file.string().find("/spool/") != std::string::npos && world_.spool_faults > 0) {
      --world_.spool_faults;
      throw failure{"cannot remove \"" + file.string() + "\": input/output error"};
    }
    affect(world_, "remove_file", file, [&] {
      world_.entries.erase(file.string());
      world_.links.erase(file.string());
      world_.texts.erase(file.string());
    });
  }
  void remove_tree(const path& tree) override {
    for (const auto& mount : world_.mounted)
      if (is_below(mount, tree))
        throw failure{"cannot remove \"" + tree.string() + "\": something is mounted there"};
    auto in_part = world_.watcher && world_.watcher->fails_in_part();
    affect(world_, "remove_tree", tree, [&] {
      std::erase_if(world_.entries, [&](const auto& entry) {
        return is_below(entry, tree) && !(in_part && entry == tree.string());
      });
      std::erase_if(world_.links, [&](const auto& link) { return is_below(link.first, tree); });
      std::erase_if(world_.data, [&](const auto& data) { return is_below(data.first, tree); });
      if (in_part)
        throw failure{"cannot remove \"" + tree.string() + "\": input/output error"};
    });
  }
  bool make_dirs(const path& directory, mode_t) override {
    auto is_new = false;
    affect(world_, "make_dirs", directory, [&] {
      for (auto parent = directory.parent_path(); parent != parent.root_path();
           parent = parent.parent_path())
        world_.entries.insert(parent.string());
      is_new = world_.entries.insert(directory.string()).second;
    });
    return is_new;
  }
  void make_link(const path& target, const path& link) override {
    affect(world_, "make_link", link, [&] {
      world_.entries.insert(link.string());
      world_.links[link.string()] = target.string();
    });
  }
  std::optional<std::string> read_link(const path& link) override {
    auto found = world_.links.find(link.string());
    return found == world_.links.end() ? std::nullopt : std::optional{found->second};
  }
  void write_file(const path& file, std::string_view text, mode_t) override {
    affect(world_, "write_file", file, [&] {
      world_.entries.insert(file.string());
      world_.texts[file.string()] = text;
    });
  }
  bool holds(const path& file, std::string_view text) override {
    const auto found = world_.texts.find(file.string());
    return found != world_.texts.end() && found->second == text;
  }
  void rename(const path& from, const path& to) override {
    affect(world_, "rename", to, [&] {
      // Done already where it is gone and the other is there.
      if (world_.entries.erase(from.string()) == 0)
        return;
      world_.entries.insert(to.string());
      world_.data[to.string()] = std::exchange(world_.data[from.string()], {});
      world_.data.erase(from.string());
    });
  }
  bool exists(const path& file) override { return world_.entries.contains(file.string()); }
  std::vector<std::string> list(const path& directory) override {
    std::set<std::string> names;
    for (const auto& entry : world_.entries)
      if (entry != directory.string() && is_below(entry, directory))
        names.insert(path{entry}.lexically_relative(directory).begin()->string());
    return {names.begin(), names.end()};
  }
  std::uint64_t free_bytes(const path&) override { return 1ULL << 40; }
  void sync_file(const path&) override {}
  void sync_dir(const path&) override {}

private:
  void add(std::string_view site, const path& what) {
    affect(world_, site, what, [&] { world_.entries.insert(what.string()); });
  }

  static bool is_below(const std::string& entry, const path& tree) {
    return entry == tree.string() || entry.starts_with(tree.string() + "/");
  }

  world& world_;
};

class simulated_mounts : public host::mounts {
public:
  explicit simulated_mounts(world& w) : world_{w} {}

  std::string_view backend() const override { return "simulated"; }
  void mount_image(const path& image, const path& directory) override {
    if (!world_.entries.contains(image.string()))
      throw failure{"cannot mount \"" + image.string() + "\": no such file"};
    affect(world_, "mount", directory, [&] { world_.mounted.insert(directory.string()); });
  }
  void unmount(const path& directory) override {
    affect(world_, "unmount", directory, [&] { world_.mounted.erase(directory.string()); });
  }
  bool is_mounted(const path& directory) override { return world_.mounted.contains(directory.string()); }
  std::vector<std::string> mounted_below(const path&) override {
    return {world_.mounted.begin(), world_.mounted.end()};
  }

private:
  world& world_;
};

class simulated_processes : public host::processes {
public:
  explicit simulated_processes(world& w) : world_{w} {}

  host::process_result run(const host::process_spec& spec, std::stop_token,
                           std::function<void(std::string_view)>) override {
    const auto& script = spec.argv.back();
    if (std::ranges::none_of(world_.mounted, [&](const auto& m) { return script.starts_with(m + "/"); }))
      throw failure{"cannot run \"" + script + "\": no such file"};
    auto hook =
        spec.env.at("SNAP_INSTANCE_NAME") + "/" + std::filesystem::path{script}.filename().string();
    // Those of connections run at any time for others too, so that they leave nothing in the data.
    const auto connection = spec.env.find("TROUPE_CONNECTION");
    world_.hook_connection = connection == spec.env.end() ? std::string{} : connection->second;
    affect(world_, "run_hook", hook, [&] {
      world_.hooks_run.push_back(hook);
      if (world_.hook_connection.empty())
        world_.data[spec.cwd.string()] += hook + "@" + spec.env.at("SNAP_REVISION") + ";";
    });
    if (world_.amid_hook)
      world_.amid_hook(spec);
    auto result = world_.watcher ? world_.watcher->hook_result() : std::nullopt;
    if (!result) {
      auto status = world_.hook_exit_status.find(hook);
      result.emplace();
      result->exit_status = status == world_.hook_exit_status.end() ? 0 : status->second;
    }
    if (result->timed_out && world_.pass)
      world_.pass(spec.time_limit);
    return *result;
  }
  std::size_t kill_marked(const std::map<std::string, std::string>& marks) override {
    std::size_t ended = 0;
    affect(world_, "kill_marked", "hooks", [&] {
      if (marks.contains("TROUPE_SERVICE_ROOT") && world_.end_services)
        ended = world_.end_services();
    });
    return ended;
  }

private:
  world& world_;
};

/// An application of a snap begins to run, unless launchers wait; returns whether it does.
inline bool launch(world& w, const std::string& snap, std::int32_t pid, const std::string& app = "app") {
  if (w.inhibited.contains(snap))
    return false;
  w.running[snap].push_back({pid, "alice", app, app, ""});
  return true;
}

/// Tells those who follow a snap that something may have happened.
inline void tell_followers(const world& w, const std::string& snap) {
  auto [first, last] = w.followers.equal_range(snap);
  std::vector<const std::function<void()>*> told;
  for (auto at = first; at != last; ++at)
    told.push_back(at->second);
  for (const auto* changed : told)
    (*changed)();
}

/// All applications of a snap end, or the one with this number.
inline void end_applications(world& w, const std::string& snap, std::int32_t pid = 0) {
  std::erase_if(w.running[snap], [&](const auto& p) { return pid == 0 || p.pid == pid; });
  tell_followers(w, snap);
}

class simulated_run_control : public host::run_control {
public:
  explicit simulated_run_control(world& w) : world_{w} {}

  std::string_view backend() const override { return "simulated"; }
  void open(const std::string&) override {}
  void close(const std::string& snap) override { allow(snap); }
  std::vector<snap_process> running(const std::string& snap) override {
    auto found = world_.running.find(snap);
    return found == world_.running.end() ? std::vector<snap_process>{} : found->second;
  }
  std::unique_ptr<watch> follow(const std::string& snap, std::function<void()> changed) override {
    return std::make_unique<simulated_watch>(world_, snap, std::move(changed));
  }
  void inhibit(const std::string& snap) override {
    affect(world_, "inhibit", snap, [&] { world_.inhibited.insert(snap); });
  }
  answer inhibit_if_vacant(const std::string& snap) override {
    auto found = running(snap);
    if (!found.empty() || world_.launching.contains(snap)) {
      if (world_.slipped_in)
        world_.slipped_in();
      return {false, std::move(found)};
    }
    inhibit(snap);
    return {true, {}};
  }
  void allow(const std::string& snap) override {
    affect(world_, "allow", snap, [&] { world_.inhibited.erase(snap); });
  }
  std::vector<std::string> inhibited() override {
    return {world_.inhibited.begin(), world_.inhibited.end()};
  }

private:
  class simulated_watch : public watch {
  public:
    simulated_watch(world& w, const std::string& snap, std::function<void()> changed)
        : world_{w}, changed_{std::move(changed)} {
      world_.followers.emplace(snap, &changed_);
    }
    ~simulated_watch() override {
      std::erase_if(world_.followers,
                    [&](const auto& follower) { return follower.second == &changed_; });
    }

  private:
    world& world_;
    std::function<void()> changed_;
  };

  world& world_;
};

class simulated_inhibitor : public host::shutdown_inhibitor {
public:
  explicit simulated_inhibitor(world& w) : world_{w} {}
  void hold(const std::string& snap) override { world_.delaying_shutdown.insert(snap); }
  void release(const std::string& snap) override { world_.delaying_shutdown.erase(snap); }

private:
  world& world_;
};

class simulated_clock : public host::clock {
public:
  explicit simulated_clock(world& w) : world_{w} {}
  time_point now() const override { return world_.now; }

private:
  world& world_;
};

inline host::ports ports_of(world& w) {
  host::ports ports{std::make_shared<simulated_files>(w), std::make_shared<simulated_mounts>(w),
                    std::make_shared<simulated_processes>(w), std::make_shared<simulated_clock>(w),
                    std::make_shared<simulated_run_control>(w)};
  ports.shutdown = std::make_shared<simulated_inhibitor>(w);
  return ports;
}

} // namespace troupe::sim
