#include "tests/crash/crash_world.hpp"

#include <chrono>
#include <mutex>
#include <thread>

namespace troupe::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto pause = 5ms;

bool is_bad(const std::string& snap) { return snap.starts_with("bad"); }

json::array all_changes(http_client& api) {
  return result_of(api.get("/v2/changes?select=all")).as_array();
}

std::string snap_of(const json::object& change) {
  return text(change.at("data").as_object(), "snap-name");
}

bool has_ended(const json::object& task) {
  auto status = text(task, "status");
  return status != "Do" && status != "Doing" && status != "Undo" && status != "Undoing" &&
         status != "Abort";
}

/// Whether anything is left to do.
bool note(const json::array& changes, told& into) {
  into.tasks = into.tasks_ended = 0;
  auto busy = false;
  for (const auto& each : changes) {
    const auto& change = each.as_object();
    if (change.at("ready").as_bool())
      into.ended.emplace(text(change, "id"), text(change, "status"));
    else
      busy = true;
    for (const auto& task : change.at("tasks").as_array()) {
      ++into.tasks;
      into.tasks_ended += has_ended(task.as_object());
    }
  }
  return busy;
}

} // namespace

const fs::path& snap_shelf::image(const std::string& name) {
  auto& image = images_[name];
  if (!image.empty())
    return image;
  auto source = plain_snap(name);
  source.hooks["install"] = "#!/bin/sh\necho installed > \"$SNAP_COMMON/installed\"\n";
  source.hooks["configure"] = is_bad(name) ? "#!/bin/sh\necho no\nexit 1\n"
                                           : "#!/bin/sh\necho configured > \"$SNAP_DATA/configured\"\n";
  source.hooks["remove"] = "#!/bin/sh\nrm \"$SNAP_COMMON/installed\"\n";
  return image = make_snap(where_.work(), source);
}

std::string crash_world::ask(http_client& from, const wish& what) {
  return what.action == "install" ? start_install(from, shelf_.image(what.snap))
                                  : start_action(from, what.snap, what.action);
}

void crash_world::fulfil(const std::vector<wish>& wishes) {
  for (const auto& what : wishes)
    wait_for_change(api, ask(api, what));
}

void crash_world::fulfil_at_once(const std::vector<wish>& wishes, told& into) {
  for (const auto& what : wishes)
    if (what.action == "install")
      shelf_.image(what.snap);
  std::mutex guard;
  std::vector<std::jthread> clients;
  for (const auto& what : wishes)
    clients.emplace_back([&] {
      auto client = daemon.client();
      try {
        auto id = ask(client, what);
        const std::lock_guard lock{guard};
        into.accepted.insert(id);
      } catch (const api_error& refusal) {
        const std::lock_guard lock{guard};
        into.refusals.emplace_back(refusal.what());
      } catch (const failure&) {
        // The daemon has died.
      }
    });
  look_on(into);
  clients.clear();
  look_on(into);
}

void crash_world::look_on(told& into) {
  try {
    while (!is_dead() && note(all_changes(api), into))
      std::this_thread::sleep_for(pause);
  } catch (const failure&) {
    // The daemon has died.
  }
}

void crash_world::start_again(std::uint64_t second) {
  daemon.kill_hard();
  points.disarm();
  if (second > 0) {
    points.arm(second);
    told unused;
    try {
      daemon.start();
      look_on(unused);
      daemon.kill_hard();
    } catch (const std::runtime_error&) {
      REQUIRE(is_dead());
    }
    points.disarm();
  }
  daemon.start();
}

void crash_world::check_all_is_well(const told& before) {
  auto all_ended = eventually([&] { return unready_changes(api).empty(); });
  if (!all_ended)
    FAIL("these changes don't end: " << json::write(result_of(api.get("/v2/changes"))));
  check_changes(before);
  auto facilities = result_of(api.get("/v2/troupe/facilities")).as_object().at("facilities").as_array();
  std::string images;
  for (const auto& facility : facilities)
    if (text(facility.as_object(), "name") == "images")
      images = text(facility.as_object(), "chosen");
  auto installed = said_snaps();
  CHECK(lasting_faults_of(where.root(), installed, images) == std::vector<std::string>{});
  for (const auto& [name, snap] : installed)
    CHECK(fs::exists(where.root() / "var/snap" / name / snap.revision / "configured"));
}

/// An accepted change is there; what had ended is as it was; nothing but a failing hook makes one fail;
/// and what they did is what is installed.
void crash_world::check_changes(const told& before) {
  std::map<std::string, bool> should_be;
  std::set<std::string> known;
  auto changes = all_changes(api);
  for (const auto& each : changes) {
    const auto& change = each.as_object();
    auto snap = snap_of(change);
    auto kind = text(change, "kind");
    auto status = text(change, "status");
    INFO(json::write(change));
    known.insert(text(change, "id"));
    CHECK(status == (is_bad(snap) ? "Error" : "Done"));
    if (auto was = before.ended.find(text(change, "id")); was != before.ended.end())
      CHECK(status == was->second);
    if (status != "Done")
      continue;
    if (kind == "remove-snap")
      should_be.erase(snap);
    else
      should_be[snap] = kind != "disable-snap";
  }
  for (const auto& id : before.accepted)
    CHECK(known.contains(id));
  for (const auto& [id, status] : before.ended)
    CHECK(known.contains(id));
  std::map<std::string, bool> are;
  for (const auto& [name, snap] : said_snaps())
    are.emplace(name, snap.active);
  CHECK(are == should_be);
}

void crash_world::check_all_can_be_removed() {
  std::vector<std::string> removals;
  for (const auto& [name, snap] : said_snaps())
    removals.push_back(start_action(api, name, "remove"));
  for (const auto& id : removals)
    CHECK(text(wait_for_change(api, id), "status") == "Done");
  CHECK(lasting_leftovers(where.root()) == std::vector<std::string>{});
}

std::map<std::string, said_snap> crash_world::said_snaps() {
  std::map<std::string, said_snap> said;
  auto snaps = list_snaps(api);
  for (const auto& each : snaps) {
    const auto& snap = each.as_object();
    said[text(snap, "name")] = {text(snap, "revision"), text(snap, "status") == "active"};
  }
  return said;
}

} // namespace troupe::test
