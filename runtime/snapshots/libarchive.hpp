#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>

#include "runtime/snap/quote.hpp"

/// Owners of libarchive's objects.
namespace troupe::snapshots {

struct archive_deleter {
  void operator()(archive* owned) const { archive_free(owned); }
};
using archive_ptr = std::unique_ptr<archive, archive_deleter>;

struct entry_deleter {
  void operator()(archive_entry* owned) const { archive_entry_free(owned); }
};
using entry_ptr = std::unique_ptr<archive_entry, entry_deleter>;

/// What libarchive says about its last error.
inline std::string error_of(archive* from) {
  const char* text = archive_error_string(from);
  return text ? as_one_line(text) : "libarchive gives no reason";
}

} // namespace troupe::snapshots
