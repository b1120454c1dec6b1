#include "tests/crash/full_disk.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "messages/failure.hpp"
#include "runtime/api/owned_fd.hpp"
#include "tests/support/api.hpp"

namespace troupe::crash {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr std::uint64_t disk_bytes = 8U << 20;
constexpr std::uint64_t step_bytes = 4U << 10;
constexpr std::uint64_t most_free_bytes = 256U << 10;
constexpr auto patience = 3s;

/// Takes up space; it lies where a digest doesn't look.
class ballast {
public:
  explicit ballast(const std::filesystem::path& root) : file_{root / "run/ballast"} {}

  void leave_free(std::uint64_t bytes) const {
    struct statvfs disk {};
    owned_fd fd{open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    if (!fd || fstatvfs(fd.get(), &disk) != 0)
      throw failure{"cannot fill the disk with " + file_.string()};
    auto free = std::uint64_t{disk.f_bavail} * disk.f_bsize;
    if (free > bytes && posix_fallocate(fd.get(), 0, static_cast<off_t>(free - bytes)) != 0)
      throw failure{"cannot fill the disk with " + file_.string()};
  }

  void remove() const { std::filesystem::remove(file_); }

private:
  std::filesystem::path file_;
};

class filling {
public:
  filling(std::uint64_t every, const watcher& watch) : every_{every}, watch_{watch} {}

  row run() {
    for (std::uint64_t free = 0; free <= most_free_bytes; free += every_ * step_bytes) {
      auto where = std::to_string(free) + " bytes free";
      faults wrong;
      try {
        wrong = fill(free, where);
      } catch (const std::exception& error) {
        wrong.emplace_back(error.what());
      }
      ++sum_.tried;
      if (!wrong.empty())
        sum_.findings.push_back({where, "--full-disk", wrong});
      if (!watch_(sum_, where))
        break;
    }
    sum_.remark = "while it was full " + std::to_string(refused_) + " operations were refused, " +
                  std::to_string(undone_) + " undone, " + std::to_string(done_) + " done; " +
                  std::to_string(waiting_) + " waited for space";
    return sum_;
  }

private:
  faults fill(std::uint64_t free, std::string& where) {
    crash_world world{shelf_, disk_bytes};
    world.fulfil({{"install", {"kept"}}, {"install", {"gone"}}, {"install", {"idle"}}});
    auto snaps = world.installed();
    auto last = last_change(world);
    const std::vector<wish> wishes{{"install", {"new"}},
                                   {"install", {"bad-new"}},
                                   {"install", {"one-on-base-1", "base-1", "two-on-base-1"}, true},
                                   {"disable", {"idle"}},
                                   {"remove", {"gone"}}};
    for (const auto& what : wishes)
      for (const auto& snap : what.snaps)
        if (what.action == "install")
          shelf_.image(snap);
    ballast full{world.root()};
    full.leave_free(free);
    std::vector<told_change> told;
    auto wrong = ask_all(world, wishes, told);
    if (free / step_bytes % 2 == 1)
      start_on_full_disk(world, wrong);
    full.remove();
    if (world.daemon.has_ended())
      world.daemon.start();
    auto stuck = world.wait_for_all();
    wrong.insert(wrong.end(), stuck.begin(), stuck.end());
    check(world, last, told, snaps, wrong);
    auto count = [&](const std::string& status) {
      return std::count_if(told.begin(), told.end(), [&](auto& each) { return each.status == status; });
    };
    auto refused = static_cast<std::int64_t>(wishes.size() - told.size());
    auto undone = count("Error");
    refused_ += refused;
    undone_ += undone;
    done_ += count("Done");
    waiting_ += count("");
    // One fails on any disk.
    sum_.met += refused > 0 || undone > 1 ? 1 : 0;
    where += ", " + std::to_string(refused) + " refused, " + std::to_string(undone) + " undone";
    return wrong;
  }

  /// Asks for one after the other; on a full disk a change may have to wait until there is space.
  faults ask_all(crash_world& world, const std::vector<wish>& wishes, std::vector<told_change>& told) {
    faults wrong;
    auto client = world.daemon.client();
    for (const auto& what : wishes) {
      try {
        told.push_back({world.ask(client, what), {}, {}, {}, false, {}});
        auto end = steady::now() + patience;
        while (steady::now() < end && told.back().status.empty()) {
          auto change = test::get_change(client, told.back().id);
          if (change.at("ready").as_bool())
            told.back().status = test::text(change, "status");
          else
            std::this_thread::sleep_for(3ms);
        }
      } catch (const api_error& refusal) {
        if (!std::string{refusal.what()}.starts_with("cannot "))
          wrong.push_back(std::string{"refused without a plain reason: "} + refusal.what());
      } catch (const failure& error) {
        wrong.push_back("the daemon doesn't answer on a full disk: " + std::string{error.what()});
        break;
      }
    }
    return wrong;
  }

  void start_on_full_disk(crash_world& world, faults& wrong) {
    world.daemon.kill_hard();
    try {
      world.daemon.start();
    } catch (const std::runtime_error& error) {
      if (std::string{error.what()}.find("error: cannot ") == std::string::npos)
        wrong.push_back(std::string{"the daemon doesn't say why it can't start: "} + error.what());
    }
  }

  void check(crash_world& world, std::uint64_t last, const std::vector<told_change>& told,
             installed_snaps& snaps, faults& wrong) {
    auto are = changes_after(world, last);
    auto gone = lost(told, are);
    wrong.insert(wrong.end(), gone.begin(), gone.end());
    carry_out(are, snaps);
    auto add = [&](const faults& more) {
      wrong.insert(wrong.end(), more.begin(), more.end());
      if (!more.empty())
        for (const auto& change : are)
          wrong.push_back("change: " + change.text);
    };
    add(world.compare(snaps));
    world.fulfil({{"install", {"later"}}});
    snaps["later"] = {"x1", true};
    add(world.compare(snaps));
    add(world.remove_all());
  }

  std::uint64_t every_;
  const watcher& watch_;
  snap_shelf shelf_;
  row sum_{"full-disk", "free bytes", "full", 0, 0, {}, {}, {}};
  std::int64_t refused_ = 0;
  std::int64_t undone_ = 0;
  std::int64_t done_ = 0;
  std::int64_t waiting_ = 0;
};

} // namespace

row fill_disk(std::uint64_t every, const watcher& watch) { return filling{every, watch}.run(); }

} // namespace troupe::crash
