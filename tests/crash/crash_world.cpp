#include "tests/crash/crash_world.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "messages/failure.hpp"
#include "runtime/host/process_entry.hpp"
#include "tests/support/api.hpp"

namespace troupe::crash {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using test::text;

std::vector<std::string> snaps_of(const json::object& change) {
  const auto* data = change.if_contains("data");
  if (!data || !data->is_object())
    return {};
  if (auto one = text(data->as_object(), "snap-name"); !one.empty())
    return {one};
  return json::strings(data->as_object(), "snap-names");
}

told_change change_from(const json::object& change) {
  return {text(change, "id"), text(change, "kind"),         text(change, "status"),
          snaps_of(change),   change.at("ready").as_bool(), json::write(change)};
}

} // namespace

disk_root::disk_root(std::uint64_t bytes) {
  auto options = "mode=0755,size=" + std::to_string(bytes);
  if (bytes > 0 && mount("troupe-crash", root().c_str(), "tmpfs", 0, options.c_str()) != 0)
    throw failure{"cannot mount a small disk on " + root().string() + ": " + std::strerror(errno)};
}

crash_world::crash_world(snap_shelf& shelf, std::uint64_t disk_bytes)
    : shelf_{shelf},
      where_{disk_bytes},
      points{where_.work()},
      daemon{where_.root(), {}, points.variables()} {
  // The daemon has tried mounts out, and the kernel takes its time to let go of a loop device.
  test::eventually([this] {
    empty_ = now();
    return std::none_of(empty_.begin(), empty_.end(),
                        [](const auto& line) { return line.starts_with("loop device"); });
  });
}

namespace {

std::vector<std::int64_t> sets_of_snapshots(http_client& client) {
  std::vector<std::int64_t> sets;
  auto listed = result_of(client.get("/v2/snapshots"));
  for (const auto& set : listed.as_array())
    sets.push_back(json::int_or(set.as_object(), "id"));
  return sets;
}

} // namespace

std::string crash_world::ask(http_client& client, const wish& what) {
  if (what.action == "install") {
    test::form_fields fields{{"action", "install"}, {"dangerous", "true"}};
    if (what.all_or_none)
      fields.emplace_back("transaction", "all-snaps");
    if (what.amid_apps)
      fields.emplace_back("running-apps", "wait");
    std::vector<fs::path> files;
    for (const auto& snap : what.snaps)
      files.push_back(shelf_.image(snap));
    return change_of(client.post_form("/v2/snaps", fields, "snap", files));
  }
  if (what.action == "start" || what.action == "stop" || what.action == "restart")
    return change_of(client.post(
        "/v2/apps", json::object{{"action", what.action},
                                 {"names", json::array(what.snaps.begin(), what.snaps.end())},
                                 {"enable", what.action == "start"},
                                 {"disable", what.action == "stop"}}));
  if (what.action == "connect" || what.action == "disconnect") {
    const auto end = [&](std::size_t place, const std::string& side) {
      const auto& word = what.snaps.at(place);
      const auto colon = word.find(':');
      return json::array{json::object{{"snap", word.substr(0, colon)}, {side, word.substr(colon + 1)}}};
    };
    return change_of(client.post(
        "/v2/interfaces",
        json::object{{"action", what.action}, {"plugs", end(0, "plug")}, {"slots", end(1, "slot")}}));
  }
  json::object request{{"action", what.action == "save" ? "snapshot" : what.action},
                       {"snaps", json::array(what.snaps.begin(), what.snaps.end())}};
  if (what.action == "restore" || what.action == "forget") {
    request["set"] = sets_of_snapshots(client).back();
    return change_of(client.post("/v2/snapshots", request));
  }
  if (what.all_or_none)
    request["transaction"] = "all-snaps";
  if (what.amid_apps)
    request["running-apps"] = "wait";
  // A snapshot holds the time when it was made, so that no two runs leave the same.
  if (what.action == "remove")
    request["purge"] = true;
  return change_of(client.post("/v2/snaps", request));
}

std::string crash_world::current_of(const std::string& snap) const {
  std::error_code gone;
  return fs::read_symlink(root() / "snap" / snap / "current", gone).string();
}

void crash_world::launch(const std::vector<std::string>& snaps) {
  for (const auto& each : snaps) {
    const auto snap = each.substr(0, each.find('@'));
    const auto program = (root() / "snap/bin" / snap).string();
    const auto home = (root().parent_path() / "home").string();
    launched_.push_back({snap, current_of(snap),
                         std::make_unique<test::program>(std::vector{program, std::string{"wait"}},
                                                         test::environment{{"HOME", home}})});
    const auto& process = *launched_.back().process;
    if (!test::eventually([&] { return host::command_of(process.pid()).starts_with("sleep"); }))
      throw std::runtime_error{"cannot start an application of " + snap};
  }
}

faults crash_world::faults_of_launched() const {
  faults found;
  for (const auto& each : launched_) {
    if (each.process->has_ended())
      found.push_back("an application of " + each.snap + " was ended");
    else if (auto current = current_of(each.snap); current != each.revision)
      found.push_back("an application of " + each.snap + " runs across the change to " + current);
  }
  return found;
}

faults crash_world::end_launched(http_client& client, const std::string& change) {
  faults found;
  if (launched_.empty())
    return found;
  const auto waits = [&] {
    found = faults_of_launched();
    if (!found.empty() || daemon.has_ended())
      return true;
    auto told = result_of(client.get("/v2/changes/" + change)).as_object();
    for (const auto& task : told.at("tasks").as_array())
      if (json::string_or(json::object_or(task.as_object(), "waiting"), "reason") == "apps_running")
        return true;
    return told.at("ready").as_bool();
  };
  try {
    test::eventually(waits);
  } catch (const failure&) {
    // The daemon has died.
    return {};
  }
  if (!daemon.has_ended())
    launched_.clear();
  return found;
}

told_change crash_world::wait_for(http_client& client, const std::string& id) const {
  return change_from(test::wait_for_change(client, id));
}

void crash_world::fulfil(const std::vector<wish>& wishes) {
  auto client = daemon.client();
  for (const auto& what : wishes)
    wait_for(client, ask(client, what));
}

std::vector<told_change> crash_world::changes() const {
  auto client = daemon.client();
  std::vector<told_change> result;
  auto all = result_of(client.get("/v2/changes?select=all")).as_array();
  for (const auto& each : all)
    result.push_back(change_from(each.as_object()));
  return result;
}

installed_snaps crash_world::installed() const {
  auto client = daemon.client();
  installed_snaps result;
  auto snaps = test::list_snaps(client);
  for (const auto& each : snaps) {
    const auto& snap = each.as_object();
    result[text(snap, "name")] = {text(snap, "revision"), text(snap, "status") == "active"};
  }
  return result;
}

std::string crash_world::images() const {
  auto client = daemon.client();
  auto facilities =
      result_of(client.get("/v2/troupe/facilities")).as_object().at("facilities").as_array();
  for (const auto& facility : facilities)
    if (text(facility.as_object(), "name") == "images")
      return text(facility.as_object(), "chosen");
  return {};
}

faults crash_world::wait_for_all() const {
  auto client = daemon.client();
  if (test::eventually([&] { return test::unready_changes(client).empty(); }))
    return {};
  return {"these changes don't end: " +
          json::write(result_of(client.get("/v2/changes?select=in-progress")))};
}

faults crash_world::recover() {
  daemon.kill_hard();
  auto begin = steady::now();
  try {
    daemon.start();
  } catch (const std::runtime_error& error) {
    return {std::string{"the daemon doesn't come up again: "} + error.what()};
  }
  faults stuck;
  if (!launched_.empty()) {
    auto client = daemon.client();
    auto unready = test::unready_changes(client);
    stuck = unready.empty() ? faults_of_launched() : end_launched(client, unready.front());
    launched_.clear();
  }
  for (auto& each : wait_for_all())
    stuck.push_back(std::move(each));
  recovery_ = std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - begin);
  return stuck;
}

faults crash_world::lasting_differences(const digest& expected) const {
  faults found;
  test::eventually([&] {
    try {
      found = differences(expected, now());
    } catch (const std::exception& error) {
      // The copy of a journal that is just being written may make no sense.
      found = {error.what()};
    }
    return found.empty();
  });
  return found;
}

digest crash_world::with(const installed_snaps& snaps) const {
  std::map<std::string, fs::path> files;
  for (const auto& [name, snap] : snaps)
    files[name] = shelf_.image(name);
  auto expected = digest_of_snaps(snaps, images(), files);
  expected.insert(empty_.begin(), empty_.end());
  return expected;
}

faults crash_world::compare(const installed_snaps& expected) const {
  faults found;
  if (auto are = installed(); are != expected) {
    for (const auto& [name, snap] : expected)
      if (!are.contains(name) || !(are.at(name) == snap))
        found.push_back("the daemon doesn't say that " + name + " is installed" +
                        (snap.active ? "" : " and inactive"));
    for (const auto& [name, snap] : are)
      if (!expected.contains(name))
        found.push_back("the daemon says that " + name + " is installed");
  }
  auto differing = lasting_differences(with(expected));
  found.insert(found.end(), differing.begin(), differing.end());
  auto broken = unusable(root(), expected);
  found.insert(found.end(), broken.begin(), broken.end());
  return found;
}

faults crash_world::remove_all() {
  launched_.clear();
  auto forgetting = daemon.client();
  for (auto set : sets_of_snapshots(forgetting))
    wait_for(forgetting, change_of(forgetting.post("/v2/snapshots",
                                                   json::object{{"action", "forget"}, {"set", set}})));
  std::vector<std::string> names;
  for (const auto& [name, snap] : installed())
    names.push_back(name);
  if (!names.empty()) {
    auto client = daemon.client();
    auto removal = wait_for(client, ask(client, {"remove", names}));
    if (removal.status != "Done")
      return {"what is installed can't be removed: " + removal.text};
  }
  return lasting_differences(empty_);
}

} // namespace troupe::crash
