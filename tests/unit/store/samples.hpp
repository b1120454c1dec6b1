#pragma once

#include "messages/store.hpp"
#include "runtime/snap/digest.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/temporary_root.hpp"

namespace store_test {

using namespace troupe;
namespace fs = std::filesystem;
using troupe::test::read_file;
using troupe::test::temporary_root;
using troupe::test::write_file;

/// A snap's metadata as an image of that many bytes has it.
inline snap_info info_of(const std::string& name, std::uint64_t bytes) {
  snap_info info;
  info.name = name;
  info.version = "1.0";
  info.grade = "stable";
  info.image_bytes = bytes;
  info.architectures = {"all"};
  return info;
}

/// An index with one snap, "hello", with two revisions of this content.
inline store_index index_with(const std::string& content, const std::string& store = "s") {
  store_snap snap;
  snap.name = "hello";
  snap.id = "abcDEF0123456789abcdef0123456789";
  snap.publisher = {"p1", "ada", "Ada", "verified"};
  for (int number : {1, 2})
    snap.revisions.push_back(
        {.rev = {number},
         .info = std::make_shared<const snap_info>(info_of("hello", content.size())),
         .source = {.store = store,
                    .file = "snaps/hello_" + std::to_string(number) + ".snap",
                    .bytes = content.size(),
                    .sha3_384 = sha3_384_of(content)},
         .added_at = time_point{std::chrono::seconds{1'700'000'000 + number}}});
  snap.channels = {{"latest/beta", {{2}}, true}, {"latest/stable", {{1}, {2}, {1}}, false}};
  snap.declaration = R"({"plugs":{"home":{"allow-auto-connection":true}}})";
  store_index index;
  index.snaps.emplace("hello", std::move(snap));
  return index;
}

} // namespace store_test
