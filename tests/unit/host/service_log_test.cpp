#include "runtime/host/service_log.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

class still_clock : public host::clock {
public:
  time_point now() const override { return time_point{std::chrono::seconds{1'700'000'000}}; }
};

std::vector<std::string> texts(const std::vector<service_line>& lines) {
  std::vector<std::string> result;
  for (const auto& line : lines)
    result.push_back(line.text);
  return result;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

using words = std::vector<std::string>;

class listener : public service_line_follower {
public:
  void tell(const service_line& line) override { heard.push_back(line.text); }
  bool is_gone() const override { return gone; }

  words heard;
  bool gone = false;
};

service_log in_memory() { return {"hello.web", {}, std::make_shared<still_clock>()}; }

} // namespace

TEST_CASE("pieces of output become lines with a time and a process") {
  temp_dir dir;
  const auto file = dir.path() / "logs" / "hello.web.log";
  service_log log{"hello.web", file, std::make_shared<still_clock>()};
  log.add(7, "one\ntw");
  CHECK(texts(log.last(10)) == words{"one"});
  log.add(7, "o\r\n\nthree");
  log.end(7);
  log.end(7);
  CHECK(texts(log.last(10)) == words{"one", "two", "", "three"});
  CHECK(texts(log.last(1)) == words{"three"});
  CHECK(log.last(0).empty());
  auto line = log.last(1).at(0);
  CHECK(line.service == "hello.web");
  CHECK(line.pid == 7);
  CHECK(content(file) == "2023-11-14T22:13:20.000000Z 7 one\n2023-11-14T22:13:20.000000Z 7 two\n"
                         "2023-11-14T22:13:20.000000Z 7 \n2023-11-14T22:13:20.000000Z 7 three\n");
}

TEST_CASE("huge lines are cut, what isn't UTF-8 is replaced, and so many lines stay") {
  auto log = in_memory();
  for (int i = 0; i < 100; ++i)
    log.add(1, std::string(1000, 'x'));
  log.add(1, "\nnext\n\xff\xc3\n");
  auto lines = texts(log.last(10));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == std::string(limits::service_log_line_bytes, 'x') + "…");
  CHECK(lines[1] == "next");
  CHECK(lines[2] == "\xEF\xBF\xBD\xEF\xBF\xBD");
  for (std::size_t i = 0; i < 2 * limits::service_log_lines; ++i)
    log.add(1, std::to_string(i) + "\n");
  CHECK(log.last(1'000'000).size() == limits::service_log_lines);
}

TEST_CASE("a file that is full is kept once, and a new one begun") {
  temp_dir dir;
  const auto file = dir.path() / "web.log";
  service_log log{"hello.web", file, std::make_shared<still_clock>()};
  const auto line = std::string(limits::service_log_line_bytes, 'x') + "\n";
  for (std::uint64_t written = 0; written < 3 * limits::service_log_file_bytes; written += line.size())
    log.add(1, line);
  CHECK(std::filesystem::file_size(file) <= limits::service_log_file_bytes);
  CHECK(std::filesystem::file_size(file.string() + ".1") <= limits::service_log_file_bytes);
  CHECK_FALSE(std::filesystem::exists(file.string() + ".2"));
}

TEST_CASE("a file that can't be written costs nothing but the file") {
  temp_dir dir;
  std::ofstream{dir.path() / "file"};
  service_log log{"hello.web", dir.path() / "file" / "web.log", std::make_shared<still_clock>()};
  log.add(1, "one\ntwo\n");
  CHECK(texts(log.last(10)) == words{"one", "two"});
}

TEST_CASE("followers are told of what comes, until they have gone, and there may be so many") {
  auto log = in_memory();
  log.add(1, "before\n");
  auto first = std::make_shared<listener>();
  CHECK(texts(log.last(5, first)) == words{"before"});
  log.add(1, "after\n");
  CHECK(first->heard == words{"after"});
  first->gone = true;
  log.add(1, "last\nmore\n");
  CHECK(first->heard == words{"after", "last"});
  std::vector<std::shared_ptr<listener>> all(limits::service_log_followers);
  for (auto& one : all)
    log.last(0, one = std::make_shared<listener>());
  CHECK_THROWS_WITH(log.last(0, std::make_shared<listener>()),
                    Catch::Contains("too many do so already"));
  all.front()->gone = true;
  CHECK_NOTHROW(log.last(0, std::make_shared<listener>()));
}
