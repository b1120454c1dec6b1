#include "runtime/snap/digest.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "snap_files.hpp"

using namespace troupe;
using namespace troupe::test;

// The values are FIPS 202's examples for the empty message and for "abc".
TEST_CASE("a digest is SHA3-384 in hexadecimal digits") {
  CHECK(sha3_384_of("") == "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
                           "c3713831264adb47fb6bd1e058d5f004");
  CHECK(sha3_384_of("abc") == "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
                              "98d88cea927ac7f539f1edf228376d25");
}

TEST_CASE("a file's digest is that of its content, in whatever pieces it is read") {
  temporary_directory work;
  std::string text(700'000, 'a');
  write_file(work / "file", text);
  sha3_384 pieces;
  for (std::size_t at = 0; at < text.size(); at += 999)
    pieces.update(std::string_view{text}.substr(at, 999));
  CHECK(sha3_384_of_file(work / "file") == sha3_384_of(text));
  CHECK(pieces.finish() == sha3_384_of(text));
  CHECK_THROWS_AS(sha3_384_of_file(work / "missing"), failure);
}
