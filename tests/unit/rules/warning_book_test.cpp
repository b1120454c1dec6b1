#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/warning_book.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start{1'700'000'000s};

std::vector<std::string> messages(const std::vector<warning>& list) {
  std::vector<std::string> result;
  for (const auto& one : list)
    result.push_back(one.message);
  return result;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a warning is added once for each message, and once more says when") {
  warning_book book;
  auto first = book.add("the disk is full", start + 999ns);
  warning wanted{"the disk is full", start, start, {}};
  CHECK(first.kept == std::vector{wanted});
  CHECK(first.gone.empty());
  wanted.last_added = start + 1h;
  CHECK(book.add("the disk is full", start + 1h).kept == std::vector{wanted});
  CHECK(book.list(true, start + 1h) == std::vector{wanted});
}

TEST_CASE("warnings are listed by when they were last added") {
  warning_book book;
  book.add("b", start);
  book.add("a", start + 1s);
  book.add("c", start + 2s);
  book.add("b", start + 3s);
  CHECK(messages(book.list(false, start + 3s)) == words{"a", "c", "b"});
}

TEST_CASE("okay marks the warnings added up to a time, and says which") {
  warning_book book;
  book.add("old", start);
  book.add("seen", start + 1s);
  book.add("not seen yet", start + 2s);
  auto changes = book.okay(start + 1s, start + 10s);
  CHECK(messages(changes.kept) == words{"old", "seen"});
  CHECK(changes.kept.at(0).last_shown == start + 10s);
  CHECK(messages(book.list(false, start + 10s)) == words{"not seen yet"});
  CHECK(book.list(true, start + 10s).size() == 3);
  CHECK(book.okay(start + 1s, start + 11s).kept.empty());
}

TEST_CASE("a warning that was shown is pending again a day later, and not sooner for being added") {
  warning_book book;
  book.add("disk", start);
  book.okay(start, start + 1h);
  book.add("disk", start + 2h);
  CHECK(book.list(false, start + 2h).empty());
  CHECK(book.list(false, start + 25h - 1us).empty());
  CHECK(messages(book.list(false, start + 25h)) == words{"disk"});
  CHECK(book.okay(start + 2h, start + 25h).kept.size() == 1);
}

TEST_CASE("the pending warnings are counted, with the time of the newest") {
  warning_book book;
  CHECK(book.pending(start).count == 0);
  CHECK_FALSE(is_set(book.pending(start).newest));
  book.add("a", start);
  book.add("b", start + 1s);
  book.add("c", start + 2s);
  CHECK(book.pending(start + 2s).count == 3);
  CHECK(book.pending(start + 2s).newest == start + 2s);
  book.okay(start + 1s, start + 3s);
  CHECK(book.pending(start + 3s).count == 1);
  book.okay(start + 2s, start + 3s);
  CHECK(book.pending(start + 3s).count == 0);
}

TEST_CASE("a warning is gone four weeks after it was last added") {
  warning_book book;
  book.add("old", start);
  book.add("renewed", start);
  book.add("renewed", start + 1h);
  auto end = start + limits::warning_age;
  CHECK(messages(book.list(true, end - 1us)) == words{"old", "renewed"});
  CHECK(messages(book.list(true, end)) == words{"renewed"});
  CHECK(book.pending(end).count == 1);
  CHECK(messages(book.okay(end, end).kept) == words{"renewed"});
  CHECK(book.add("new", end).gone == words{"old"});
}

TEST_CASE("an expired warning that is added again begins anew") {
  warning_book book;
  book.add("disk", start);
  book.okay(start, start);
  auto end = start + limits::warning_age;
  auto changes = book.add("disk", end);
  CHECK(changes.gone.empty());
  CHECK(changes.kept == std::vector{warning{"disk", end, end, {}}});
}

TEST_CASE("beyond the limit the warnings added longest ago go") {
  warning_book book;
  for (std::size_t i = 0; i < limits::warnings_kept; ++i)
    CHECK(book.add(std::to_string(i), start + 1us * i).gone.empty());
  CHECK(book.add("one more", start + 1h).gone == words{"0"});
  CHECK(book.add("with the clock set back", start - 1h).gone == words{"1"});
  CHECK(book.list(true, start + 1h).size() == limits::warnings_kept);
}

TEST_CASE("warnings come back as they were left") {
  warning_book before;
  before.add("a", start);
  before.okay(start, start + 1s);
  before.add("b", start + 2s);
  warning_book after{before.list(true, start + 2s)};
  CHECK(after.list(true, start + 2s) == before.list(true, start + 2s));
  CHECK(messages(after.list(false, start + 2s)) == words{"b"});
}

TEST_CASE("a warning without a message is refused") {
  warning_book book;
  CHECK_THROWS_WITH(book.add("", start), "cannot add warning: its message is empty");
}
