#include "runtime/snapshots/archive_output.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"

namespace troupe::snapshots {

archive_output::archive_output(int to, std::string what)
    : to_{to}, what_{std::move(what)}, archive_{archive_write_new()} {
  check(archive_write_set_format_pax(archive_.get()));
  check(archive_write_add_filter_zstd(archive_.get()));
  // File names are bytes, in whatever character set; and attributes' names may hold any character.
  check(archive_write_set_options(archive_.get(), "pax:hdrcharset=BINARY,pax:xattrheader=LIBARCHIVE"));
  check(archive_write_set_bytes_in_last_block(archive_.get(), 1));
  check(archive_write_open(archive_.get(), this, nullptr, put, nullptr));
}

void archive_output::begin(archive_entry* member) {
  check(archive_write_header(archive_.get(), member));
}

void archive_output::write(const char* bytes, std::size_t count) {
  while (count > 0) {
    const la_ssize_t taken = archive_write_data(archive_.get(), bytes, count);
    if (taken <= 0)
      check(ARCHIVE_FATAL);
    bytes += taken;
    count -= static_cast<std::size_t>(taken);
  }
}

void archive_output::end() {
  check(archive_write_close(archive_.get()));
  unpacked_bytes_ = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
}

la_ssize_t archive_output::put(archive* of, void* self, const void* bytes, std::size_t count) {
  auto& output = *static_cast<archive_output*>(self);
  // After a failure the archive is abandoned, and what freeing it would write is not wanted.
  if (output.failed_)
    return ARCHIVE_FATAL;
  try {
    const std::string_view text{static_cast<const char*>(bytes), count};
    host::write_all(output.to_, text, output.what_);
    output.digest_.update(text);
    output.bytes_ += count;
    return static_cast<la_ssize_t>(count);
  } catch (...) {
    output.failed_ = std::current_exception();
    archive_set_error(of, EIO, "cannot write");
    return ARCHIVE_FATAL;
  }
}

void archive_output::check(int result) {
  if (failed_)
    std::rethrow_exception(failed_);
  if (result != ARCHIVE_OK)
    throw failure{failure_kind::internal, what_ + ": " + error_of(archive_.get())};
}

} // namespace troupe::snapshots
