#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/api/multipart.hpp"
#include "runtime/limits.hpp"

using Catch::Matchers::Contains;
using troupe::failure;
using troupe::form_boundary;

namespace {

struct part {
  std::string name;
  std::optional<std::string> filename;
  std::string data;
  bool ended = false;

  bool operator==(const part&) const = default;
};

struct recorder final : troupe::multipart_sink {
  void begin_part(const std::string& name, const std::optional<std::string>& filename) override {
    parts.push_back({name, filename, {}});
  }
  void data(std::string_view bytes) override { parts.back().data += bytes; }
  void end_part() override { parts.back().ended = true; }

  std::vector<part> parts;
};

std::vector<part> read(const std::vector<std::string_view>& pieces) {
  recorder sink;
  troupe::multipart_parser parser{"frontier", sink};
  for (auto piece : pieces)
    parser.feed(piece);
  parser.finish();
  return sink.parts;
}

std::vector<part> read_bytewise(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < text.size(); ++at)
    pieces.push_back(text.substr(at, 1));
  return read(pieces);
}

// All that may lead a parser astray: a preamble, padding, an empty part, data that looks like a
// delimiter.
const std::string sample =
    "a preamble --frontier\r\n"
    "--frontier \t\r\n"
    "Content-Disposition: form-data; name=\"action\"\r\n\r\ninstall\r\n"
    "--frontier\r\n"
    "content-disposition: Form-Data; name=empty\r\n\r\n\r\n"
    "--frontier\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Disposition: form-data; name=\"snap\"; filename=\"a \\\"b\\\"\\\\c;.snap\"\r\n\r\n"
    "\r\n--front\r\r\n--frontierX\r\n\r\n-- frontier\n--frontier\r\n--frontie\r\n"
    "--frontier--\r\nan epilogue\r\n--frontier\r\n";

const std::vector<part> sample_parts{
    {"action", {}, "install", true},
    {"empty", {}, "", true},
    {"snap", "a \"b\"\\c;.snap",
     "\r\n--front\r\r\n--frontierX\r\n\r\n-- frontier\n--frontier\r\n--frontie", true}};

std::string with_header(const std::string& header) {
  return "--frontier\r\n" + header + "\r\n\r\ndata\r\n--frontier--\r\n";
}

} // namespace

TEST_CASE("a form gives its parts however it is cut in two") {
  for (std::size_t at = 0; at <= sample.size(); ++at) {
    INFO("cut at " << at);
    REQUIRE(read({std::string_view{sample}.substr(0, at), std::string_view{sample}.substr(at)}) ==
            sample_parts);
  }
}

TEST_CASE("a form gives its parts byte by byte") { CHECK(read_bytewise(sample) == sample_parts); }

TEST_CASE("a form that ends too early is refused wherever it ends") {
  auto end = sample.find("--frontier--") + std::string_view{"--frontier--"}.size();
  for (std::size_t size = 0; size < end; ++size) {
    INFO("ends at " << size);
    REQUIRE_THROWS_AS(read({std::string_view{sample}.substr(0, size)}), failure);
  }
  CHECK(read({std::string_view{sample}.substr(0, end)}) == sample_parts);
}

TEST_CASE("a malformed form is refused, whole or byte by byte") {
  auto text = GENERATE(
      as<std::string>{}, "", "no delimiter at all", "--frontier\r\n\r\n\r\n--frontier--",
      "--frontier-\r\n", "--frontier x\r\n", with_header("Content-Type: text/plain"),
      with_header("Content-Disposition: form-data"),
      with_header("Content-Disposition: attachment; name=\"a\""),
      with_header("Content-Disposition: form-data; name=\"a"),
      with_header("Content-Disposition: form-data; name=\"a\" b"),
      with_header("Content-Disposition: form-data; name"),
      with_header("Content-Disposition: form-data; name=a\r\n continued: yes"),
      with_header("Content-Disposition: form-data; name=a\r\nno colon"),
      with_header("Content-Disposition: form-data; name=a\r\n: no key"),
      with_header("Content-Disposition: form-data; name=\"a\1\""),
      with_header("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b"));
  INFO(text);
  CHECK_THROWS_AS(read({text}), failure);
  CHECK_THROWS_AS(read_bytewise(text), failure);
}

TEST_CASE("a form with too many parts or too long headers is refused") {
  std::string many;
  for (std::size_t i = 0; i <= troupe::limits::multipart_parts; ++i)
    many += "--frontier\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
  CHECK_THROWS_WITH(read({many + "--frontier--"}),
                    Contains("more than " + std::to_string(troupe::limits::multipart_parts) + " parts"));

  std::string padding(troupe::limits::multipart_header_bytes, 'a');
  auto text = with_header("Content-Disposition: form-data; name=a\r\nX-Padding: " + padding);
  CHECK_THROWS_WITH(read({text}), Contains("longer than"));
  CHECK_THROWS_WITH(read_bytewise(text), Contains("longer than"));
  CHECK_THROWS_AS(read({"--frontier" + std::string(padding.size() + 1, ' ')}), failure);
}

TEST_CASE("a file of binary data comes through unchanged in pieces of any size") {
  std::string data;
  for (int i = 0; i < 70'000; ++i)
    data += "\r\n-fronties\0x"[static_cast<std::size_t>(i * 7 + i / 11) % 13];
  auto text = "--frontier\r\nContent-Disposition: form-data; name=snap; filename=x\r\n\r\n" + data +
              "\r\n--frontier--\r\n";
  for (std::size_t size : {2U, 3U, 13U, 1000U, 4096U, 65536U}) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size(); at += size)
      pieces.push_back(std::string_view{text}.substr(at, size));
    auto parts = read(pieces);
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].data == data);
  }
}

TEST_CASE("a boundary is read from the content type of a form only") {
  CHECK(form_boundary("multipart/form-data; boundary=frontier") == "frontier");
  CHECK(form_boundary("Multipart/Form-Data ; charset=utf-8; BOUNDARY=\"a b\"") == "a b");
  CHECK(!form_boundary("application/json"));
  CHECK(!form_boundary(""));
  CHECK_THROWS_AS(form_boundary("multipart/form-data"), failure);
  CHECK_THROWS_AS(form_boundary("multipart/form-data; boundary="), failure);
  CHECK_THROWS_AS(form_boundary("multipart/form-data; boundary=\"a\tb\""), failure);
  CHECK_THROWS_AS(form_boundary("multipart/form-data; boundary=" + std::string(71, 'a')), failure);
}
