#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "support.hpp"

using namespace troupe;
using namespace troupe::testing;
using Catch::Matchers::Contains;

namespace {

/// What happens at the call of that number, of those below: the process ends, or the call fails.
enum class mishap { none, death, error };
mishap planned = mishap::none;
int calls_left = 0;
int death_after_error = -1; ///< So many calls after one that fails; -1: none.

bool meets_mishap() {
  if (planned == mishap::none || calls_left-- > 0)
    return false;
  if (planned == mishap::death)
    _exit(9);
  planned = death_after_error < 0 ? mishap::none : mishap::death;
  calls_left = death_after_error;
  errno = EIO;
  return true;
}

} // namespace

// The library's calls that change what is on disk come here, to be stopped at each.
extern "C" int rename(const char* from, const char* to) noexcept {
  return meets_mishap() ? -1 : static_cast<int>(syscall(SYS_rename, from, to));
}
extern "C" int fsync(int file) {
  return meets_mishap() ? -1 : static_cast<int>(syscall(SYS_fsync, file));
}
extern "C" int unlinkat(int directory, const char* name, int flags) noexcept {
  return meets_mishap() ? -1 : static_cast<int>(syscall(SYS_unlinkat, directory, name, flags));
}
extern "C" int mkdirat(int directory, const char* name, mode_t mode) noexcept {
  return meets_mishap() ? -1 : static_cast<int>(syscall(SYS_mkdirat, directory, name, mode));
}
extern "C" int symlink(const char* target, const char* name) noexcept {
  return meets_mishap() ? -1 : static_cast<int>(syscall(SYS_symlink, target, name));
}

namespace {

/// Whether work that meets its mishap at a call had that many; it runs in a process of its own.
template <class Work>
bool dies_at(int call, Work work) {
  const pid_t child = fork();
  if (child == 0) {
    planned = mishap::death;
    calls_left = call;
    try {
      work();
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  const auto may_have_failed = death_after_error >= 0;
  REQUIRE((WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0 || may_have_failed));
  return WEXITSTATUS(status) != 0;
}

/// The data that was saved, and then other data in its place.
struct changed_fixture : data_fixture {
  changed_fixture() : data_fixture{disk::memory} {
    write();
    saved = look();
    put(dir / "data/7/settings", "changed");
    put(dir / "data/7/profile/more", "added");
    fs::remove(dir / "data/common/cache");
    put(dir / "data/common/other", "changed too");
    former = look();
  }

  std::vector<std::string> look() const { return look_in(dir / "data"); }
  void restore() const { restore_snapshot(file(), sample_key, places(), {}); }

  /// What is there but the two directories.
  bool is_clean() const { return std::distance(fs::directory_iterator{dir / "data"}, {}) == 2; }

  std::vector<std::string> saved;
  std::vector<std::string> former;
};

} // namespace

TEST_CASE("a restore puts the saved data in place and keeps the former aside") {
  const changed_fixture data;
  const auto former = look_of(data.dir / "data/7");
  data.restore();
  CHECK(text_of(data.dir / "data/7/settings") == std::string(3000, 's'));
  CHECK_FALSE(fs::exists(data.dir / "data/7/profile/more"));
  CHECK(text_of(data.dir / "data/common/cache") == "warm");
  CHECK(look_of(data.dir / "data/7.former") == former);
  data.restore();
  CHECK(look_of(data.dir / "data/7.former") == former);
  drop_former(data.places());
  CHECK(data.look() == data.saved);
  drop_former(data.places());
  put_back_former(data.places());
  CHECK(data.look() == data.saved);
}

TEST_CASE("the undo of a restore puts the former data back, as often as it is called") {
  const changed_fixture data;
  data.restore();
  put_back_former(data.places());
  CHECK(data.look() == data.former);
  put_back_former(data.places());
  CHECK(data.look() == data.former);
  data.restore();
  drop_former(data.places());
  CHECK(data.look() == data.saved);
}

TEST_CASE("the undo of a restore to where nothing was removes what was restored") {
  const changed_fixture data;
  fs::remove_all(data.dir / "data/7");
  fs::remove_all(data.dir / "data/common");
  data.restore();
  CHECK(fs::is_symlink(data.dir / "data/7.former"));
  put_back_former(data.places());
  CHECK(fs::is_empty(data.dir / "data"));
  data.restore();
  drop_former(data.places());
  CHECK(data.look() == data.saved);
}

TEST_CASE("a restore that is killed at any call is completed when it is called again") {
  for (int call = 0;; ++call) {
    INFO("call " << call);
    const changed_fixture data;
    const bool died = dies_at(call, [&] { data.restore(); });
    data.restore();
    put_back_former(data.places());
    CHECK(data.look() == data.former);
    data.restore();
    drop_former(data.places());
    CHECK(data.look() == data.saved);
    if (!died) {
      CHECK(call > 8);
      break;
    }
  }
}

TEST_CASE("a restore that is killed at any call can be undone") {
  for (const bool has_former : {true, false})
    for (int call = 0;; ++call) {
      INFO("call " << call << ", former " << has_former);
      const changed_fixture data;
      if (!has_former)
        fs::remove_all(data.dir / "data/7");
      const auto before = data.look();
      const bool died = dies_at(call, [&] { data.restore(); });
      put_back_former(data.places());
      CHECK(data.look() == before);
      if (!died)
        break;
    }
}

TEST_CASE("an undo that is killed at any call is completed when it is called again") {
  for (const bool has_former : {true, false})
    for (int call = 0;; ++call) {
      INFO("call " << call << ", former " << has_former);
      const changed_fixture data;
      if (!has_former)
        fs::remove_all(data.dir / "data/common");
      const auto before = data.look();
      data.restore();
      const bool died = dies_at(call, [&] { put_back_former(data.places()); });
      put_back_former(data.places());
      CHECK(data.look() == before);
      if (!died) {
        CHECK(call > 4);
        break;
      }
    }
}

TEST_CASE("former data whose removal was killed at any call is removed by the next, never put back") {
  for (int call = 0;; ++call) {
    INFO("call " << call);
    const changed_fixture data;
    data.restore();
    const bool died = dies_at(call, [&] { drop_former(data.places()); });
    drop_former(data.places());
    put_back_former(data.places());
    CHECK(data.look() == data.saved);
    if (!died) {
      CHECK(call > 4);
      break;
    }
  }
}

TEST_CASE("a restore that fails, and is killed as it puts things back, is whole once called again") {
  constexpr int calls_after_error = 10;
  bool failed = true;
  for (int call = 0; failed; ++call)
    for (int later = 0; later < calls_after_error; ++later) {
      INFO("call " << call << ", killed " << later << " calls later");
      const changed_fixture data;
      death_after_error = later;
      failed = dies_at(call, [&] {
        planned = mishap::error;
        data.restore();
      });
      death_after_error = -1;
      data.restore();
      drop_former(data.places());
      CHECK(data.look() == data.saved);
    }
}

TEST_CASE("nothing is restored over what is mounted there") {
  for (const auto* mounted : {"data/common/disk", "data/7"}) {
    const changed_fixture data;
    fs::create_directories(data.dir / mounted);
    const auto before = data.look();
    REQUIRE(mount("none", (data.dir / mounted).c_str(), "tmpfs", 0, "size=64k") == 0);
    auto why = refusal([&] { data.restore(); });
    REQUIRE(umount((data.dir / mounted).c_str()) == 0);
    CHECK_THAT(why, Contains("something is mounted on") && Contains("unmount it first"));
    CHECK(data.look() == before);
    CHECK(data.is_clean());
  }
}

TEST_CASE("a restore in which any call fails leaves the former data") {
  bool failed = true;
  int call = 0;
  for (; failed; ++call) {
    INFO("call " << call);
    const changed_fixture data;
    planned = mishap::error;
    calls_left = call;
    failed = !refusal([&] { data.restore(); }).empty();
    planned = mishap::none;
    if (failed) {
      // The failing call may have been one of those that clean up; the undo does that again.
      put_back_former(data.places());
      CHECK(data.look() == data.former);
      CHECK(data.is_clean());
    }
  }
  CHECK(call > 8);
}

TEST_CASE("saving in which any call fails leaves the former snapshot or the new one, and nothing else") {
  bool failed = true;
  for (int call = 0; failed; ++call) {
    INFO("call " << call);
    const changed_fixture data;
    planned = mishap::error;
    calls_left = call;
    failed = !refusal([&] { data.write(); }).empty();
    planned = mishap::none;
    check_snapshot(data.file(), sample_key, {});
    CHECK(std::distance(fs::directory_iterator{data.dir / "snapshots"}, {}) == 1);
  }
}

TEST_CASE("a restore of another set or snap is refused") {
  const changed_fixture data;
  CHECK_THAT(refusal([&] {
               restore_snapshot(data.file(), {13, "firefox_work"}, data.places(), {});
             }),
             Contains("cannot restore snapshot") &&
                 Contains(R"(it is of set 12 and snap "firefox_work" (7), not of set 13)"));
  CHECK_THAT(refusal([&] {
               restore_snapshot(data.file(), {12, "firefox"}, data.places(), {});
             }),
             Contains(R"(and "firefox")"));
  CHECK_THAT(refusal([&] {
               check_snapshot(data.file(), {12, "firefox"}, {});
             }),
             Contains("cannot check snapshot"));
  CHECK(data.look() == data.former);
}
