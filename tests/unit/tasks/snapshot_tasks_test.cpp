#include <catch2/catch.hpp>

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "messages/failure.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

using namespace troupe;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

class fixed_clock : public host::clock {
public:
  time_point now() const override { return time_point{std::chrono::seconds{1'700'000'000}}; }
};

fs::path make_root() {
  std::string pattern = "/tmp/troupe-tasks-XXXXXX";
  return ::mkdtemp(pattern.data());
}

/// A snap with data on a root of a test's own, and tasks on it.
struct snap_fixture {
  snap_fixture() {
    host.snapshots = snapshots_in(paths.snapshots_dir());
    auto described = std::make_shared<snap_info>();
    described->name = "hello";
    described->version = "1.0";
    info = described;
    state.name = "hello";
    state.revisions.push_back({{-1}, info, {}});
    state.current = {-1};
    state.active = true;
    state.config = R"({"port":80})";
    put(revision() / "state", "first");
    put(common() / "shared", "ours");
  }
  ~snap_fixture() { fs::remove_all(root); }
  snap_fixture(const snap_fixture&) = delete;
  snap_fixture& operator=(const snap_fixture&) = delete;

  fs::path revision() const { return paths.data_dir("hello", {-1}); }
  fs::path common() const { return paths.common_data_dir("hello"); }

  static void put(const fs::path& file, const std::string& content) {
    fs::create_directories(file.parent_path());
    std::ofstream{file} << content;
  }
  static std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  /// A task of change 12, or of another one that is about set 12.
  task_context context(const std::string& verb, std::uint64_t change = 12) {
    auto op = std::make_shared<operation>();
    op->verb = verb;
    op->snap = "hello";
    op->rev = {-1};
    op->snapshot_set = 12;
    auto job = std::make_shared<task_job>();
    job->change = {change};
    job->op = op;
    task_context result{host, job};
    result.state = std::make_shared<const snap_state>(state);
    result.stop = stopping.get_token();
    return result;
  }

  outcome run(const std::string& kind, std::uint64_t change = 12) {
    auto made = context(kind == "drop-replaced-data" ? "restore-snapshot" : kind, change);
    return find_task_kind(kind)->perform(made);
  }

  /// As its change undoes it, after it was done or stopped before its end.
  outcome undo(const std::string& kind, std::uint64_t change, const std::string& memo = "{}") {
    auto made = context(kind, change);
    made.memo = json::parse_object(memo);
    return find_task_kind(kind)->undo(made);
  }

  std::vector<std::string> data_names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{paths.snap_data_dir("hello")})
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  void spoil() {
    put(revision() / "state", "second");
    put(revision() / "more", "later");
    fs::remove(common() / "shared");
    state.config = R"({"port":81})";
  }
  bool is_spoilt() const {
    return text_of(revision() / "state") == "second" && fs::exists(revision() / "more") &&
           !fs::exists(common() / "shared");
  }

  fs::path root = make_root();
  layout paths{root};
  host::ports os{std::make_shared<host::real_files>(), nullptr, nullptr,
                 std::make_shared<fixed_clock>()};
  task_host host{paths, os, {}, false};
  snap_info_ptr info;
  snap_state state;
  std::stop_source stopping;
};

std::string memo_of(const outcome& result) { return std::get<outcomes::done>(result.result).memo; }

std::string config_of(const outcome& result) {
  const auto& updates = std::get<outcomes::done>(result.result).updates;
  return updates.empty() ? "" : std::get<set_config>(updates.front().second).config;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a save makes a snapshot with the number of its change, twice the same; its undo removes it") {
  snap_fixture f;
  f.run("save-snapshot");
  f.run("save-snapshot");
  auto all = f.host.snapshots->list();
  REQUIRE(all.size() == 1);
  CHECK(all[0].fault == "");
  CHECK(all[0].info.set == 12);
  CHECK(all[0].info.snap == "hello");
  CHECK(all[0].info.rev == revision{-1});
  CHECK(all[0].info.config == R"({"port":80})");
  CHECK_FALSE(all[0].info.is_automatic);
  CHECK(fs::path{all[0].file}.parent_path() == f.paths.snapshots_dir());
  f.undo("save-snapshot", 12);
  f.undo("save-snapshot", 12);
  CHECK(f.host.snapshots->list().empty());
  CHECK(fs::is_empty(f.paths.snapshots_dir()));
}

TEST_CASE("a save that is stopped, or can't read, leaves nothing and says how to remove without it") {
  snap_fixture f;
  SECTION("stopped") {
    f.stopping.request_stop();
    CHECK_THROWS_WITH(f.run("save-snapshot"), Contains("stopped"));
  }
  SECTION("a file is where snapshots should be") {
    f.put(f.paths.snapshots_dir(), "in the way");
    auto removal = f.context("remove");
    CHECK_THROWS_WITH(find_task_kind("save-snapshot")->perform(removal), Contains("use --purge"));
    fs::remove(f.paths.snapshots_dir());
  }
  CHECK(f.host.snapshots->list().empty());
}

TEST_CASE("a save leaves alone what was moved in under its name, and so does its undo") {
  snap_fixture f;
  f.run("save-snapshot");
  fs::path file = f.host.snapshots->list().at(0).file;
  auto other = f.context("save-snapshot");
  auto job = std::make_shared<task_job>(*other.job);
  job->task.spawned_at = time_point{std::chrono::hours{5}};
  other.job = job;
  const auto before = f.text_of(file);
  for (const auto& content : {before, std::string{"damaged"}}) {
    f.put(file, content);
    CHECK_THROWS_WITH(find_task_kind("save-snapshot")->perform(other),
                      Contains("set 12 holds a snapshot of it already") &&
                          Contains("move that file away"));
    find_task_kind("save-snapshot")->undo(other);
    CHECK(f.text_of(file) == content);
  }
}

TEST_CASE("a restore brings data and configuration back, whether it is run once or again") {
  snap_fixture f;
  f.run("save-snapshot");
  f.spoil();
  for (int runs = 0; runs < 2; ++runs) {
    auto restored = f.run("restore-snapshot", 13);
    CHECK(config_of(restored) == R"({"port":80})");
    CHECK(f.text_of(f.revision() / "state") == "first");
    CHECK(f.text_of(f.common() / "shared") == "ours");
    CHECK_FALSE(fs::exists(f.revision() / "more"));
    CHECK(f.data_names() == names{"common", "common.replaced-13", "x1", "x1.replaced-13"});
  }
  f.run("drop-replaced-data", 13);
  f.run("drop-replaced-data", 13);
  CHECK(f.data_names() == names{"common", "x1"});
}

TEST_CASE("the undo of a restore puts the former data and configuration back") {
  snap_fixture f;
  f.run("save-snapshot");
  f.spoil();
  auto memo = memo_of(f.run("restore-snapshot", 13));
  CHECK(config_of(f.undo("restore-snapshot", 13, memo)) == R"({"port":81})");
  CHECK(f.is_spoilt());
  CHECK(f.data_names() == names{"common", "x1"});
  // One that was stopped before its end knows no former configuration, and none has changed.
  f.run("restore-snapshot", 14);
  CHECK(config_of(f.undo("restore-snapshot", 14)) == "");
  CHECK(f.is_spoilt());
  CHECK(config_of(f.undo("restore-snapshot", 14)) == "");
  CHECK(f.is_spoilt());
}

TEST_CASE("a restore that can't be done leaves the data alone") {
  snap_fixture f;
  f.run("save-snapshot");
  f.spoil();
  SECTION("the revision can't read what another epoch wrote") {
    auto later = std::make_shared<snap_info>(*f.info);
    later->epoch = {{3}, {3}};
    f.state.revisions[0].info = later;
    CHECK_THROWS_WITH(f.run("restore-snapshot", 13),
                      Contains("it reads epoch 3, the data was written in epoch 0"));
  }
  SECTION("the file is damaged") {
    fs::path file = f.host.snapshots->list().at(0).file;
    fs::resize_file(file, fs::file_size(file) - 512);
    CHECK_THROWS_AS(f.run("restore-snapshot", 13), failure);
    CHECK_THROWS_AS(f.run("check-snapshot", 13), failure);
  }
  SECTION("it is gone") {
    f.run("forget-snapshot", 13);
    f.run("forget-snapshot", 13);
    CHECK_THROWS_AS(f.run("restore-snapshot", 13), failure);
  }
  CHECK(f.is_spoilt());
  CHECK(f.data_names() == names{"common", "x1"});
}

TEST_CASE("a check reads and changes nothing, and a long one says how far it is") {
  snap_fixture f;
  f.put(f.revision() / "big", std::string(1'000'000, 'x'));
  f.run("save-snapshot");
  auto checking = f.context("check-snapshot", 13);
  std::vector<task_progress> told;
  checking.advance = [&](const task_progress& progress) { told.push_back(progress); };
  find_task_kind("check-snapshot")->perform(checking);
  REQUIRE_FALSE(told.empty());
  CHECK(told.size() <= 101);
  for (const auto& progress : told)
    CHECK(progress.done <= progress.total);
  CHECK(f.data_names() == names{"common", "x1"});
}
