#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace troupe::host {

/// The file system as tasks see it. Every operation may be done twice, is on disk when it returns, and
/// throws troupe::failure (insufficient_space for a full disk or quota, else internal) leaving nothing
/// half-made. What a killed daemon left half-made is replaced by the next try and removed by
/// remove_file or remove_tree of the same name.
class files {
public:
  using path = std::filesystem::path;

  virtual ~files() = default;

  /// Puts the image `from` at `to`: a hard link when nobody else can write to it and both are on one
  /// file system, else a copy. A file at `to` with the same content is left as it is, another is
  /// replaced.
  virtual void place_image(const path& from, const path& to) = 0;

  /// A copy of a directory with owners, modes, times, links, holes and extended attributes; it appears
  /// at `to` all at once. If `to` is there already, the copy was done before. File systems mounted
  /// below `from` are left out.
  virtual void copy_tree(const path& from, const path& to) = 0;

  /// Removes a file or a symbolic link; one that isn't there is removed already.
  virtual void remove_file(const path& file) = 0;

  /// Removes a directory and all in it, or a file. Follows no symbolic link; refuses, before anything is
  /// removed, while something is mounted on or below it.
  virtual void remove_tree(const path& tree) = 0;

  /// Makes a directory with exactly `mode`, and missing parents with 0755. Returns whether the last one
  /// was made now; the mode of one that was there stays.
  virtual bool make_dirs(const path& directory, mode_t mode) = 0;

  /// Makes `link` a symbolic link to `target`, at once in place of what it was before.
  virtual void make_link(const path& target, const path& link) = 0;

  /// A symbolic link's target; nothing if `link` isn't there or is no symbolic link.
  virtual std::optional<std::string> read_link(const path& link) = 0;

  /// Makes a file's content and mode what is given, at once.
  virtual void write_file(const path& file, std::string_view text, mode_t mode) = 0;

  /// Whether a file's content is exactly this.
  virtual bool holds(const path& file, std::string_view text) = 0;

  /// Renames and replaces; done already if `from` is gone and `to` is there.
  virtual void rename(const path& from, const path& to) = 0;

  /// Whether something of that name is there, be it a dangling link.
  virtual bool exists(const path& file) = 0;

  /// The names in a directory, sorted, without half-made ones; none if it isn't there.
  virtual std::vector<std::string> list(const path& directory) = 0;

  /// Bytes that this process may still write to the file system that holds `directory`.
  virtual std::uint64_t free_bytes(const path& directory) = 0;

  virtual void sync_file(const path& file) = 0;
  virtual void sync_dir(const path& directory) = 0;
};

} // namespace troupe::host
