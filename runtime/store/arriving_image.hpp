#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "messages/failure.hpp"
#include "messages/store.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/snap/digest.hpp"

namespace troupe {

/// What has come isn't what the index is about; nothing of it is left.
class wrong_digest : public failure {
public:
  using failure::failure;
};

/// An image that comes piece by piece. It is kept at partial_download(to) and gets its name when it is
/// whole and right.
class arriving_image {
public:
  using advance_function = std::function<void(std::uint64_t)>;

  /// Goes on from what a former try has left. Throws failure.
  arriving_image(const download_source& what, std::filesystem::path to, advance_function advance);

  /// How many bytes are there.
  std::uint64_t bytes() const { return bytes_; }
  bool is_whole() const { return bytes_ == what_.bytes; }

  /// Forgets all that is there.
  void restart();

  /// Adds what comes next. Throws failure, and leaves nothing, where that is more than the index
  /// promises (bad_request) or the disk is full (insufficient_space).
  void append(std::string_view piece);

  /// Gives the file its name once its digest is right, synced. Throws wrong_digest, or failure.
  void finish();

private:
  void hash_what_is_there();
  void remove();

  download_source what_;
  std::filesystem::path to_;
  std::filesystem::path partial_;
  advance_function advance_;
  host::file_descriptor out_;
  sha3_384 digest_;
  std::uint64_t bytes_ = 0;
};

/// `cannot download "snaps/x_1.snap" from store "y"`.
std::string cannot_download(const download_source& what);

} // namespace troupe
