#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "messages/snapshot.hpp"
#include "runtime/snap/digest.hpp"
#include "runtime/snapshots/container.hpp"
#include "runtime/snapshots/libarchive.hpp"

namespace troupe::snapshots {

/// A member of an archive: what is to be made, and how it looks.
struct member {
  std::string path;        ///< "." for the top, else below it and without "." or "..".
  std::size_t level = 0;   ///< How many directories of the archive it lies in.
  std::string link_target; ///< A symbolic link's text, or the path of the file that a hard link names.
  bool is_hard_link = false;
  mode_t mode = 0; ///< With the type: a directory, a file, a symbolic link or a pipe.
  uid_t uid = 0;
  gid_t gid = 0;
  timespec times[2]{}; ///< Of the last access and change.
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> attributes;
};

struct data_block {
  std::uint64_t offset = 0;
  std::string_view bytes;
};

/// Reads one archive of a snapshot, trusting nothing: members come with the directory they lie in
/// already read and still open, none twice, and in bounds. Only what a hard link names isn't looked for.
/// Throws fault naming the archive and, where that can be known, the member; failure where the file
/// can't be read.
class archive_input {
public:
  archive_input(const container& from, std::size_t which);
  archive_input(const archive_input&) = delete;
  archive_input& operator=(const archive_input&) = delete;

  /// False at the end, which has then been reached with the right digest.
  bool next(member& into);

  /// The next part of the member's content; false at its end.
  bool next_block(data_block& into);

  /// Throws a fault of the present member; that of a damaged archive if the digest says that it is one.
  [[noreturn]] void refuse(const std::string& reason);

private:
  struct open_directory {
    std::string path;
    std::unordered_set<std::string> names;
  };

  static la_ssize_t get(archive* of, void* self, const void** bytes);
  std::string_view read_raw();
  void read_to_end();
  void check(int result);
  void check_amounts();
  void read_entry(member& into);
  void read_type(member& into);
  void read_attributes(member& into);
  void place(member& into);
  std::string checked_path(std::string_view path, bool is_directory);
  int file_;
  std::uint64_t position_;
  std::uint64_t end_;
  snapshot_archive about_;
  sha3_384 digest_;
  std::string chunk_;
  std::exception_ptr failed_; ///< libarchive is C: no exception may pass through it.
  std::string at_;            ///< The present member.
  std::vector<open_directory> directories_;
  std::size_t members_ = 0;
  std::uint64_t data_bytes_ = 0;
  std::uint64_t bytes_of_member_ = 0;
  std::uint64_t end_of_block_ = 0;
  entry_ptr entry_;
  archive_ptr archive_; ///< The last member, since its callbacks use the others.
};

} // namespace troupe::snapshots
