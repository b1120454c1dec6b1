#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "runtime/snap/digest.hpp"
#include "runtime/snapshots/libarchive.hpp"

namespace troupe::snapshots {

/// Makes one compressed archive and computes its digest on the way. Throws failure beginning with
/// `what`.
class archive_output {
public:
  archive_output(int to, std::string what);
  archive_output(const archive_output&) = delete;
  archive_output& operator=(const archive_output&) = delete;

  void begin(archive_entry* member);

  /// The next bytes of the member that begin() began. All of its length is given, holes as zeros.
  void write(const char* bytes, std::size_t count);

  /// Ends the archive; to be called once, before the rest.
  void end();

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t unpacked_bytes() const { return unpacked_bytes_; }
  std::string finish_digest() { return digest_.finish(); }

private:
  static la_ssize_t put(archive* of, void* self, const void* bytes, std::size_t count);
  void check(int result);

  int to_;
  std::string what_;
  sha3_384 digest_;
  std::uint64_t bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  std::exception_ptr failed_; ///< libarchive is C: no exception may pass through it.
  archive_ptr archive_;       ///< The last member, since freeing it may still write.
};

} // namespace troupe::snapshots
