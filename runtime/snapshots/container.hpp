#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "messages/snapshot.hpp"
#include "runtime/host/file_descriptor.hpp"

/// The tar around a snapshot's archives: meta.json, the archives, and a digest of all bytes but theirs.
namespace troupe::snapshots {

inline constexpr const char* revision_archive = "revision.tar.zst";
inline constexpr const char* common_archive = "common.tar.zst";

/// Writes the container from its archives on; what stands before them is written last, in space that was
/// kept, since it holds their digests.
class container_writer {
public:
  /// `file` is open for writing and empty; `archives` are the names of those to come.
  container_writer(int file, const snapshot_info& info, const std::vector<std::string>& archives,
                   std::string what);

  /// Makes the file stand where the next archive begins.
  void begin_archive();
  void end_archive(const snapshot_archive& archive);

  /// Writes the rest and syncs.
  void finish();

  const snapshot_info& info() const { return info_; }

private:
  void write_at(std::uint64_t position, const std::string& text) const;

  int file_;
  snapshot_info info_;
  std::string what_;
  std::size_t meta_bytes_;
  std::uint64_t position_ = 0; ///< Where the next header goes.
};

/// A snapshot that was opened: what it says about itself, and where its archives are.
struct container {
  host::file_descriptor file;
  std::uint64_t file_bytes = 0;
  snapshot_info info;
  std::vector<std::uint64_t> offsets; ///< Where the archives begin, in the order of info.archives.
};

/// Opens a snapshot and checks all of it but the content of its archives. Throws fault, and failure
/// where the file can't be read (not_found where it isn't there).
container open_container(const std::filesystem::path& file);

} // namespace troupe::snapshots
