#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/notice_book.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start{1'700'000'000s};

notice_occurrence about(const std::string& key, const std::string& type = "change-update") {
  return {type, key, {}, {}, {}};
}

std::vector<std::string> keys(const std::vector<notice>& list) {
  std::vector<std::string> result;
  for (const auto& one : list)
    result.push_back(one.key);
  return result;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("the first occurrence of a notice makes one, and more are counted on it") {
  notice_book book;
  auto first = book.add({"change-update", "7", {}, {{"kind", "install-snap"}}, {}}, start);
  REQUIRE(first.kept.size() == 1);
  CHECK(first.gone.empty());
  notice wanted{1, {}, "change-update", "7", start, start, start, 1, {{"kind", "install-snap"}}};
  CHECK(first.kept[0] == wanted);

  auto again = book.add({"change-update", "7", {}, {{"kind", "remove-snap"}}, {}}, start + 5s);
  REQUIRE(again.kept.size() == 1);
  wanted.last_occurred = wanted.last_repeated = start + 5s;
  wanted.occurrences = 2;
  wanted.data = {{"kind", "remove-snap"}};
  CHECK(again.kept[0] == wanted);
  CHECK(book.filter({}, start + 5s) == std::vector{wanted});
}

TEST_CASE("notices of another user, type or key are others") {
  notice_book book;
  for (auto what : {notice_occurrence{"a", "k", {}, {}, {}}, notice_occurrence{"a", "k", 0U, {}, {}},
                    notice_occurrence{"a", "k", 1000U, {}, {}}, notice_occurrence{"b", "k", {}, {}, {}},
                    notice_occurrence{"a", "l", {}, {}, {}}})
    book.add(what, start);
  CHECK(book.size() == 5);
  book.add({"a", "k", 1000U, {}, {}}, start);
  CHECK(book.size() == 5);
}

TEST_CASE("no two notices occur at the same time, though the clock stands still or is set back") {
  notice_book book;
  auto when = [&](const std::string& key, time_point now) {
    return book.add(about(key), now).kept.at(0).last_occurred;
  };
  CHECK(when("1", start + 999ns) == start);
  CHECK(when("2", start) == start + 1us);
  CHECK(when("1", start - 1h) == start + 2us);
  CHECK(when("3", start + 1s) == start + 1s);
  CHECK(keys(book.filter({}, start + 1s)) == words{"2", "1", "3"});
}

TEST_CASE("times go on rising after a restart, and ids too") {
  notice_book before;
  auto known = before.add(about("1"), start).kept.at(0);
  notice_book after{{known}};
  auto added = after.add(about("2"), start).kept.at(0);
  CHECK(added.id == known.id + 1);
  CHECK(added.last_occurred > known.last_occurred);
  CHECK(after.add(about("1"), start).kept.at(0).occurrences == 2);
}

TEST_CASE("the same again within its time is counted and not told anew") {
  notice_book book;
  auto told = [&](const std::map<std::string, std::string>& data, duration after) {
    return book.add({"warning", "disk", {}, data, 24h}, start + after).kept.at(0).last_repeated;
  };
  CHECK(told({}, 0s) == start);
  CHECK(told({}, 23h) == start);
  CHECK(told({}, 24h) == start + 24h);
  CHECK(told({{"free", "0"}}, 25h) == start + 25h);
  CHECK(told({{"free", "0"}}, 26h) == start + 25h);
  CHECK(book.filter({}, start + 26h).at(0).occurrences == 5);
}

TEST_CASE("notices are filtered by type, key, user and time, the one told longest ago first") {
  notice_book book;
  book.add({"change-update", "1", {}, {}, {}}, start);
  book.add({"warning", "disk", {}, {}, {}}, start + 1s);
  book.add({"refresh-inhibit", "-", 1000U, {}, {}}, start + 2s);
  book.add({"change-update", "2", 1001U, {}, {}}, start + 3s);
  book.add({"change-update", "1", {}, {}, {}}, start + 4s);
  auto found = [&](const notice_filter& wanted) { return keys(book.filter(wanted, start + 5s)); };
  CHECK(found({}) == words{"disk", "-", "2", "1"});
  CHECK(found({{"change-update"}, {}, {}, {}}) == words{"2", "1"});
  CHECK(found({{"change-update", "warning"}, {}, {}, {}}) == words{"disk", "2", "1"});
  CHECK(found({{}, {"1", "-", "none"}, {}, {}}) == words{"-", "1"});
  CHECK(found({{"warning"}, {"1"}, {}, {}}).empty());
  CHECK(found({{}, {}, 1000U, {}}) == words{"disk", "-", "1"});
  CHECK(found({{}, {}, 0U, {}}) == words{"disk", "1"});
  CHECK(found({{}, {}, {}, start + 2s}) == words{"2", "1"});
  CHECK(found({{}, {}, {}, start + 4s}).empty());
}

TEST_CASE("a notice is gone a week after its last occurrence and forgotten when another one comes") {
  notice_book book;
  book.add(about("old"), start);
  book.add(about("renewed"), start);
  book.add(about("renewed"), start + 24h);
  auto end = start + limits::notice_age;
  CHECK(keys(book.filter({}, end - 1us)) == words{"old", "renewed"});
  CHECK(keys(book.filter({}, end)) == words{"renewed"});
  auto changes = book.add(about("new"), end);
  CHECK(changes.gone == std::vector<std::uint64_t>{1});
  CHECK(book.size() == 2);
}

TEST_CASE("an expired notice that occurs again is a new one") {
  notice_book book;
  book.add(about("1"), start);
  auto changes = book.add(about("1"), start + limits::notice_age);
  CHECK(changes.gone == std::vector<std::uint64_t>{1});
  CHECK(changes.kept.at(0).id == 2);
  CHECK(changes.kept.at(0).occurrences == 1);
}

TEST_CASE("beyond the limit the notices that occurred longest ago go") {
  notice_book book;
  for (std::size_t i = 0; i < limits::notices_kept; ++i)
    CHECK(book.add(about(std::to_string(i)), start).gone.empty());
  book.add(about("0"), start);
  auto changes = book.add(about("one more"), start);
  CHECK(changes.gone == std::vector<std::uint64_t>{2});
  CHECK(book.size() == limits::notices_kept);
}

TEST_CASE("a notice without a type or key, or with too long ones, is refused and changes nothing") {
  notice_book book;
  book.add(about("1"), start);
  std::string longest(limits::notice_key_bytes, 'k');
  book.add(about(longest), start);
  CHECK_THROWS_WITH(book.add(about(longest + "k"), start + limits::notice_age),
                    "cannot add notice: its key is 257 bytes long, and at most 256 are allowed");
  CHECK_THROWS_WITH(book.add(about(""), start), "cannot add notice: its key is empty");
  CHECK_THROWS_WITH(book.add(about("1", ""), start), "cannot add notice: its type is empty");
  CHECK(book.size() == 2);
}

TEST_CASE("a text is cut to a key's length between two characters") {
  CHECK(as_notice_key("short") == "short");
  std::string text(limits::notice_key_bytes - 1, 'x');
  CHECK(as_notice_key(text + "yz") == text + "y");
  CHECK(as_notice_key(text + "\xC3\xBC") == text);
  CHECK(as_notice_key(text + "\xE2\x82\xAC") == text);
}
