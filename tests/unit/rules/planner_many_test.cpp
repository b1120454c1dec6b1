#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>

#include "planner_support.hpp"
#include "runtime/limits.hpp"

using namespace troupe;
using namespace troupe::planner_tests;

namespace {

using names = std::vector<std::string>;
using ids = std::vector<task_id>;

snap_info_ptr of_type(const std::string& name, snap_type type, const std::string& base = {}) {
  return info_of(name, {}, base, type);
}

/// Which snaps' last tasks the first task of this snap waits for.
std::set<std::string> waits_for_ends_of(const change_record& change, const std::string& snap) {
  std::set<std::string> result;
  for (const auto& op : change.operations)
    for (auto awaited : tasks_of(change, snap).front()->waits_for)
      if (awaited == tasks_of(change, op.snap).back()->id)
        result.insert(op.snap);
  CHECK(result.size() == tasks_of(change, snap).front()->waits_for.size());
  return result;
}

const std::vector<snap_info_ptr> whole_system{app_on("hello", "core22"),
                                              info_of("old"),
                                              of_type("pc", snap_type::gadget, "core22"),
                                              base_of("core22"),
                                              app_on("alone", "none"),
                                              of_type("core", snap_type::os),
                                              of_type("linux", snap_type::kernel),
                                              of_type("snapd", snap_type::snapd)};

std::vector<snap_request> install_all(const std::vector<snap_info_ptr>& infos) {
  std::vector<snap_request> result;
  for (const auto& info : infos)
    result.push_back(install(info));
  return result;
}

std::vector<snap_state_ptr> all_installed(const std::vector<snap_info_ptr>& infos, bool active = true) {
  std::vector<snap_state_ptr> result;
  for (const auto& info : infos)
    result.push_back(installed(info->name, {-1}, active, info));
  return result;
}

names names_of(const std::vector<snap_info_ptr>& infos) {
  names result;
  for (const auto& info : infos)
    result.push_back(info->name);
  return result;
}

bool waits_transitively(const change_record& change, task_id task, task_id for_this) {
  if (task == for_this)
    return true;
  auto found = std::ranges::find(change.tasks, task, &task_record::id);
  return found != change.tasks.end() && std::ranges::any_of(found->waits_for, [&](task_id before) {
           return waits_transitively(change, before, for_this);
         });
}

} // namespace

TEST_CASE("snaps installed together have a lane each, and unrelated ones don't wait for each other") {
  auto change = host_plan{}.plan({install(info_of("a")), install(info_of("b")), install(info_of("c"))});
  CHECK(snaps_of(change) == names{"a", "b", "c"});
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(change.operations[i].lane == i + 1);
  for (const auto& task : change.tasks)
    CHECK(task.lanes == std::vector<lane_number>{static_cast<lane_number>(task.operation) + 1});
  for (const auto* name : {"a", "b", "c"})
    CHECK(tasks_of(change, name).front()->waits_for.empty());
  CHECK(change.kind == "install-snap");
  CHECK(change.summary == "Install \"a\", \"b\", \"c\" snaps");
  CHECK(change.data == R"({"snap-names":["a","b","c"]})");
}

TEST_CASE("what others run on is installed before them, and only they wait for it") {
  auto change = host_plan{}.plan(install_all(whole_system));
  CHECK(snaps_of(change) == names{"snapd", "core", "core22", "pc", "linux", "hello", "old", "alone"});
  CHECK(waits_for_ends_of(change, "snapd").empty());
  CHECK(waits_for_ends_of(change, "core") == std::set<std::string>{"snapd"});
  CHECK(waits_for_ends_of(change, "core22") == std::set<std::string>{"snapd"});
  CHECK(waits_for_ends_of(change, "linux") == std::set<std::string>{"snapd"});
  CHECK(waits_for_ends_of(change, "pc") == std::set<std::string>{"snapd", "core22"});
  CHECK(waits_for_ends_of(change, "hello") == std::set<std::string>{"snapd", "core22"});
  CHECK(waits_for_ends_of(change, "old") == std::set<std::string>{"snapd", "core"});
  CHECK(waits_for_ends_of(change, "alone") == std::set<std::string>{"snapd"});
}

TEST_CASE("snaps enabled together come in the same order") {
  host_plan host{all_installed(whole_system, false)};
  auto change = host.plan(requests("enable", names_of(whole_system)));
  CHECK(snaps_of(change) == names{"snapd", "core", "core22", "pc", "linux", "hello", "old", "alone"});
  CHECK(waits_for_ends_of(change, "hello") == std::set<std::string>{"snapd", "core22"});
  CHECK(waits_for_ends_of(change, "core22") == std::set<std::string>{"snapd"});
  CHECK(change.summary.starts_with("Enable \"hello\", \"old\""));
}

TEST_CASE("what others run on is removed and disabled after them") {
  for (const auto* verb : {"remove", "disable"}) {
    host_plan host{all_installed(whole_system)};
    auto change = host.plan(requests(verb, names_of(whole_system)));
    CHECK(snaps_of(change) == names{"hello", "old", "alone", "pc", "linux", "core22", "core", "snapd"});
    for (const auto* name : {"hello", "old", "alone", "pc", "linux"})
      CHECK(waits_for_ends_of(change, name).empty());
    CHECK(waits_for_ends_of(change, "core22") == std::set<std::string>{"hello", "pc"});
    CHECK(waits_for_ends_of(change, "core") == std::set<std::string>{"old"});
    CHECK(waits_for_ends_of(change, "snapd").size() == 7);
  }
}

TEST_CASE(
    "a base may be removed and disabled together with all its users, but not without one of them") {
  host_plan host{{installed(base_of("core22")), installed(app_on("a", "core22")),
                  installed(app_on("b", "core22")), installed(app_on("c", "core20"))}};
  for (const std::string verb : {"remove", "disable"}) {
    auto mend = verb == "disable" ? ", or use --force" : "";
    CHECK_NOTHROW(host.plan(requests(verb, {"core22", "a", "b"})));
    CHECK_THROWS_WITH(host.plan(requests(verb, {"core22", "a"})),
                      "cannot " + verb + " snap \"core22\": snap \"b\" runs on it; remove that first" +
                          mend);
    CHECK_THROWS_WITH(host.plan(requests(verb, {"c", "core22"})),
                      "cannot " + verb +
                          " snap \"core22\": snaps \"a\", \"b\" run on it; remove those first" + mend);
  }
}

TEST_CASE("a base that snaps use is disabled by force, and never removed so") {
  host_plan host{{installed(base_of("core22")), installed(app_on("a", "core22"))}};
  auto disable = request("disable", "core22");
  disable.force = true;
  CHECK(host.plan(disable).operations.at(0).force);
  auto remove = request("remove", "core22");
  remove.force = true;
  CHECK_THROWS_AS(host.plan(remove), failure);
}

TEST_CASE("a revision that isn't the current one keeps its base, until it goes too") {
  auto both = std::make_shared<snap_state>(*installed(app_on("a", "core22")));
  both->revisions.insert(both->revisions.begin(), {{-9}, app_on("a", "core20"), {}});
  host_plan host{{installed(base_of("core20")), installed(base_of("core22")), both}};
  CHECK_THROWS_AS(host.plan(request("remove", "core20")), failure);
  auto old_revision = request("remove", "a");
  old_revision.rev = {-9};
  CHECK_NOTHROW(host.plan({request("remove", "core20"), old_revision}));
  CHECK_THROWS_AS(host.plan({request("remove", "core22"), old_revision}), failure);
}

TEST_CASE("the last revision of a base in use isn't removed by its number either") {
  host_plan host{
      {installed("core22", {-1}, false, base_of("core22")), installed(app_on("a", "core22"))}};
  auto only_revision = request("remove", "core22");
  only_revision.rev = {-1};
  CHECK_THROWS_WITH(host.plan(only_revision), Catch::Contains("snap \"a\" runs on it"));
}

TEST_CASE("core is kept by applications that name no base, and snapd by every other snap") {
  host_plan host{{installed(of_type("core", snap_type::os)), installed(info_of("old")),
                  installed(app_on("alone", "none")), installed(of_type("snapd", snap_type::snapd))}};
  CHECK_THROWS_WITH(host.plan(request("remove", "core")), Catch::Contains(": snap \"old\" runs on it"));
  CHECK_THROWS_WITH(host.plan(requests("remove", {"snapd", "core", "old"})),
                    Catch::Contains("\"snapd\": snap \"alone\" runs on it"));
  CHECK_NOTHROW(host.plan(requests("remove", {"snapd", "core", "old", "alone"})));
  CHECK_NOTHROW(
      host_plan{{installed(of_type("snapd", snap_type::snapd))}}.plan(request("remove", "snapd")));
}

TEST_CASE("a base isn't taken from a snap that is being installed, but by force") {
  host_plan host{{installed(base_of("core22"))}};
  host.under_way.push_back({});
  host.under_way.back().verb = "install";
  host.under_way.back().snap = "a";
  host.under_way.back().info = app_on("a", "core22");
  auto by_force = request("disable", "core22");
  by_force.force = true;
  for (const auto& wanted : {request("remove", "core22"), request("disable", "core22")})
    CHECK_THROWS_WITH(host.plan(wanted),
                      Catch::Contains("snap \"a\", which runs on it, has \"install-snap\" change"));
  CHECK_NOTHROW(host.plan(by_force));
}

TEST_CASE("a base that comes along has to be one, and to be fit itself") {
  host_plan host{{installed("core22", {-1}, false, base_of("core22"))}};
  CHECK_THROWS_WITH(
      host_plan{}.plan({install(app_on("a", "b")), install(app_on("b", "a"))}),
      Catch::Contains("cannot install snap \"a\": snap \"b\", which it names as its base"));
  CHECK_THROWS_WITH(host.plan({install(app_on("a", "core22")), install(base_of("core22"))}),
                    Catch::Contains("cannot refresh snap \"core22\": it is disabled; enable it first"));
}

TEST_CASE("in a transaction of all snaps one lane holds separate chains") {
  auto change = host_plan{}.plan(
      {install(app_on("a", "core22")), install(base_of("core22")), install(info_of("b"))},
      transaction::all_snaps);
  CHECK(snaps_of(change) == names{"core22", "a", "b"});
  for (const auto& op : change.operations)
    CHECK(op.lane == 1);
  for (const auto& task : change.tasks)
    CHECK(task.lanes == std::vector<lane_number>{1});
  CHECK(waits_for_ends_of(change, "a") == std::set<std::string>{"core22"});
  CHECK(waits_for_ends_of(change, "b").empty());
}

TEST_CASE("in a transaction of all snaps nothing is discarded before all that can fail is done") {
  host_plan host{{installed(base_of("core22")), installed(app_on("a", "core22")),
                  installed("b", {-1, -2}), installed("c", {-1, -2})}};
  auto one_of_c = request("remove", "c");
  one_of_c.rev = {-1};
  auto wanted = requests("remove", {"core22", "b", "a"});
  wanted.push_back(one_of_c);
  auto change = host.plan(wanted, transaction::all_snaps);
  std::size_t pairs = 0;
  for (const auto& discard : change.tasks)
    for (const auto& other : change.tasks)
      if (discard.kind == "clear-snap" && other.kind != "clear-snap" && other.kind != "discard-snap") {
        CHECK(waits_transitively(change, discard.id, other.id));
        ++pairs;
      }
  CHECK(pairs == 5 * (4 + 5 + 5)); // the base's data isn't saved
  CHECK(tasks_of(change, "core22").front()->waits_for == ids{tasks_of(change, "a").at(4)->id});
}

TEST_CASE("every chain begins after the task that a plan is made to follow") {
  host_plan host;
  host.last_task = 40;
  host.after = task_id{40};
  auto change = host.plan({install(base_of("core22")), install(app_on("a", "core22"))});
  CHECK(tasks_of(change, "core22").front()->waits_for == ids{{40}});
  CHECK(tasks_of(change, "a").front()->waits_for == ids{{40}, tasks_of(change, "core22").back()->id});
}

TEST_CASE("a request that no host could carry out is refused") {
  host_plan host{{installed(info_of("a")), installed(info_of("b"))}};
  CHECK_THROWS_WITH(host.plan(std::vector<snap_request>{}), "cannot start change: no snap is named");
  CHECK_THROWS_WITH(host.plan(requests("remove", {"a", "b", "a"})),
                    "cannot start change: snap \"a\" is named twice");
  CHECK_THROWS_WITH(host.plan({request("remove", "a"), request("disable", "b")}),
                    "cannot start change: it can't both remove and disable snaps");
  CHECK_THROWS_WITH(host.plan(request("embrace", "a")),
                    "cannot start change: unknown operation \"embrace\"");
  names too_many;
  for (std::size_t i = 0; i <= limits::change_snaps; ++i)
    too_many.push_back("snap" + std::to_string(i));
  CHECK_THROWS_WITH(host.plan(requests("remove", too_many)),
                    "cannot start change: 1001 snaps are named, and at most 1000 are allowed");
}

TEST_CASE("one snap of several that can't be acted on refuses all, and is named") {
  host_plan host{{installed(info_of("a"))}};
  CHECK_THROWS_WITH(host.plan(requests("remove", {"a", "b"})),
                    "cannot remove snap \"b\": it is not installed");
}

TEST_CASE("the requests, purge and file of each snap go into its operation") {
  auto first = install(info_of("a"));
  first.flags.devmode = true;
  auto change = host_plan{}.plan({first, install(info_of("b"))});
  CHECK(change.operations.at(0).given_path == "a.snap");
  CHECK(change.operations.at(0).flags.devmode);
  CHECK_FALSE(change.operations.at(1).flags.devmode);
  CHECK(tasks_of(change, "b").at(1)->summary == "Prepare snap \"b.snap\" (x1)");
  auto purge = request("remove", "a");
  purge.purge = true;
  CHECK(host_plan{{installed(info_of("a"))}}.plan(purge).operations.at(0).purge);
}

TEST_CASE(
    "whatever is planned together, tasks wait only for earlier ones and snaps for what they run on") {
  CHECK(rc::check([] {
    std::vector<snap_info_ptr> infos;
    for (const auto& info : whole_system)
      if (*rc::gen::arbitrary<bool>())
        infos.push_back(info);
    auto more = *rc::gen::inRange(0, 6);
    for (int i = 0; i < more; ++i)
      infos.push_back(app_on("app" + std::to_string(i), *rc::gen::element<std::string>("", "core22")));
    RC_PRE(!infos.empty());
    auto verb = *rc::gen::element<std::string>("install", "enable", "disable", "remove");
    auto how = *rc::gen::element(transaction::per_snap, transaction::all_snaps);
    auto base = base_of("core22");
    auto has_base = std::ranges::find(infos, "core22", &snap_info::name) != infos.end();
    host_plan host{verb == "install" ? std::vector<snap_state_ptr>{}
                                     : all_installed(infos, verb != "enable")};
    if (verb == "install" && !has_base)
      host.snaps.emplace("core22", installed(base));
    std::ranges::shuffle(infos, std::mt19937{*rc::gen::arbitrary<std::uint32_t>()});
    auto change =
        host.plan(verb == "install" ? install_all(infos) : requests(verb, names_of(infos)), how);
    RC_ASSERT(change.operations.size() == infos.size());
    for (const auto& task : change.tasks)
      for (auto before : task.waits_for)
        RC_ASSERT(before < task.id);
    auto forward = verb == "install" || verb == "enable";
    for (const auto& user : infos)
      for (const auto& other : infos) {
        auto named = user->base.empty() && user->type == snap_type::app ? "core" : user->base;
        auto needs = other->name == named || (other->type == snap_type::snapd && other != user);
        const auto& first = forward ? user->name : other->name;
        const auto& last = forward ? other->name : user->name;
        auto undoable_end = tasks_of(change, last);
        std::erase_if(undoable_end, [](const auto* t) {
          return t->kind == "clear-snap" || t->kind == "discard-snap";
        });
        auto ordered =
            waits_transitively(change, tasks_of(change, first).front()->id, undoable_end.back()->id);
        if (needs)
          RC_ASSERT(ordered);
      }
  }));
}
