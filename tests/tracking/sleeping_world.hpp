#pragma once

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/host/marked_groups.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/host/run_control_files.hpp"
#include "tests/support/world.hpp"
#include "tests/tracking/tracked_world.hpp"

namespace troupe::test {

/// A snap with an application that sleeps, one that is left running, one that leaves a child behind, two
/// that hide what their environment was, one that only has an exit code, and one that ends soon and
/// notes in SNAP_COMMON/across where it has run across a switch of revisions.
inline snap_source sleeping_snap(const std::string& version, const std::string& more = {}) {
  snap_source source;
  source.yaml = "name: hello\nversion: '" + version + "'\n" + more +
                "apps:\n"
                "  hello: {command: bin/sleep}\n"
                "  calm: {command: bin/sleep, refresh-mode: ignore-running}\n"
                "  parent: {command: bin/parent}\n"
                "  bare: {command: bin/bare}\n"
                "  titled: {command: bin/titled}\n"
                "  status: {command: bin/status}\n"
                "  brief: {command: bin/brief}\n";
  source.files["bin/sleep"] =
      "#!/bin/sh\necho $SNAP_REVISION >$SNAP_COMMON/started\nexec sleep ${1:-1000}\n";
  source.files["bin/parent"] = "#!/bin/sh\n(setsid sleep 1000 >/dev/null 2>&1 &)\n";
  source.files["bin/bare"] = "#!/bin/sh\n>$SNAP_COMMON/started\nexec env -i sleep 1000\n";
  source.files["bin/titled"] =
      "#!/bin/sh\n>$SNAP_COMMON/started\nexec perl -e '$0 = \"worker\"; sleep 1000'\n";
  source.files["bin/status"] = "#!/bin/sh\nexit 7\n";
  source.files["bin/brief"] =
      "#!/bin/sh\n"
      "is_current() { [ \"$(readlink $SNAP/../current)\" = $SNAP_REVISION ]; }\n"
      "is_current && sleep 0.01 && is_current || echo $SNAP_REVISION >>$SNAP_COMMON/across\n";
  return source;
}

/// A daemon that tracks in one way, or in the machine's best where that is empty, with a snap that has
/// applications.
struct sleeping_world : world {
  explicit sleeping_world(const std::string& way, const std::string& more = {},
                          environment daemon_variables = {})
      : world{way.empty() ? std::vector<std::string>{} : std::vector{std::string{"--tracking"}, way},
              std::move(daemon_variables)},
        more_{more} {
    fine({"install", "--dangerous", image("1").string()});
  }
  ~sleeping_world() {
    const auto mark = std::filesystem::canonical(root()).string() + ":snap.hello";
    host::real_processes{}.kill_marked({{host::group_variable, mark}});
  }

  std::filesystem::path image(const std::string& version) const {
    return make_snap(sleeping_snap(version, more_));
  }

  /// Starts an application by its launcher; returns once its own program runs.
  std::unique_ptr<program> launch(const std::string& name = "hello") {
    std::filesystem::remove(common_data("hello") / "started");
    auto started = std::make_unique<program>(
        std::vector<std::string>{in_root("snap/bin/" + name).string()}, user());
    CHECK(eventually([&] { return std::filesystem::exists(common_data("hello") / "started"); }));
    return started;
  }

  /// Lets other users come to where the applications lie and write.
  void open_to_all() const {
    for (const auto& directory : {where.work(), where.root(), common_data("hello")})
      std::filesystem::permissions(directory, std::filesystem::perms::all);
  }
  static std::vector<std::string> as_nobody(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    return words;
  }
  /// After open_to_all.
  std::unique_ptr<program> launch_as_nobody(const std::string& name = "hello") {
    std::filesystem::remove(common_data("hello") / "started");
    auto started = std::make_unique<program>(as_nobody({in_root("snap/bin/" + name).string()}),
                                             environment{{"HOME", "/nonexistent"}});
    CHECK(eventually([&] { return std::filesystem::exists(common_data("hello") / "started"); }));
    return started;
  }

  std::filesystem::path directory() const { return in_root("run/snapd/runctl"); }
  std::filesystem::path marker() const { return host::running_file(directory(), "hello"); }

  /// Begins a refresh to this version, which goes on without being watched.
  std::string begin_refresh(const std::string& version, std::vector<std::string> options = {}) {
    std::vector<std::string> words{"install", "--dangerous", "--no-wait", image(version).string()};
    words.insert(words.end(), options.begin(), options.end());
    auto id = fine(words).out;
    id.pop_back();
    return id;
  }
  json::object change(const std::string& id) {
    return result_of(api.get("/v2/changes/" + id)).as_object();
  }
  json::object task(const std::string& id, const std::string& kind) {
    auto found = change(id);
    for (const auto& item : found.at("tasks").as_array())
      if (text(item.as_object(), "kind") == kind)
        return item.as_object();
    return {};
  }
  bool waits_for_apps(const std::string& id) {
    auto waiting = json::object_or(task(id, "wait-for-apps"), "waiting");
    return json::string_or(waiting, "reason") == "apps_running";
  }
  /// A refresh that waits for applications; the id of its change.
  std::string waiting_refresh(const std::string& version = "2") {
    auto id = begin_refresh(version);
    REQUIRE(eventually([&] { return waits_for_apps(id); }));
    return id;
  }
  bool is_done(const std::string& id) { return text(change(id), "status") == "Done"; }
  std::string current() const { return std::filesystem::read_symlink(in_root("snap/hello/current")); }

private:
  std::string more_;
};

/// Whether this machine can track in this way; says why not.
inline bool can_track(const std::string& way) {
  tracked_world trial{way};
  if (!trial.trouble().empty())
    WARN(way << ": " << trial.trouble());
  return trial.trouble().empty();
}

/// Runs a test for each way that this machine can do.
template <class Test>
void for_each_way(Test test) {
  for (const auto& way : tracking_ways)
    if (can_track(way)) {
      INFO("by " << way);
      test(way);
    }
}

} // namespace troupe::test
