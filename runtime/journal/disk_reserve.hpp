#pragma once

#include <cstdint>
#include <filesystem>

namespace troupe::journal {

/// A file that only takes up space. Undoing a change on a full disk needs room for the journal first;
/// so the file is deleted when the disk is full, and what it took is there for the undo's commits.
class disk_reserve {
public:
  /// Makes the file, or keeps one that is there. That it can't is no error: see released.
  disk_reserve(std::filesystem::path path, std::uint64_t bytes);

  /// Whether the space isn't held at the moment.
  bool released() const { return released_; }

  void release() noexcept;

  /// Makes the file again where twice its size is free; less would bring back the full disk at once.
  void restore() noexcept;

private:
  bool allocate() const noexcept;

  std::filesystem::path path_;
  std::uint64_t bytes_;
  bool released_ = true;
};

} // namespace troupe::journal
