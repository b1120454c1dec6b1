#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/checks.hpp"

using namespace troupe::fuzz;

namespace {

void replay(const std::string& name, void (*check)(std::string_view)) {
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{TROUPE_CORPUS "/" + name}) {
    INFO(entry.path().native());
    std::ifstream stream{entry.path(), std::ios::binary};
    const std::string input{std::istreambuf_iterator<char>{stream}, {}};
    CHECK_NOTHROW(check(input));
    ++inputs;
  }
  CHECK(inputs > 0);
}

} // namespace

TEST_CASE("each snap.yaml of the corpus is refused with a reason or read soundly") {
  replay("snap_yaml", check_snap_yaml);
}

TEST_CASE("whatever a client of the corpus sends gets well-formed answers and leaves no file") {
  replay("http_request", check_http_request);
}

TEST_CASE("each form of the corpus reads the same however it is cut into pieces") {
  replay("multipart", check_multipart);
}

TEST_CASE("each image of the corpus is refused with a reason or read soundly") {
  replay("image", check_image);
}

TEST_CASE("each scenario of the corpus is refused with a reason or runs as its model does") {
  replay("scenario", check_scenario);
}
