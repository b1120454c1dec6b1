#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/history.hpp"
#include "messages/journal_batch.hpp"
#include "runtime/limits.hpp"

namespace troupe {

/// What a journal has done since it was opened.
struct journal_statistics {
  std::uint64_t commits = 0;
  std::uint64_t batches = 0;
  std::uint64_t rows = 0; ///< Written or deleted.

  bool operator==(const journal_statistics&) const = default;
};

/// Follows what becomes durable in a journal.
class journal_watcher {
public:
  virtual ~journal_watcher() = default;

  /// A commit of these begins. If nothing more is told of it, it failed, or the process ended in it:
  /// then it may be found in the file or not, but not in part.
  virtual void committing(std::span<const journal_batch> batches) = 0;
  virtual void committed(std::span<const journal_batch> batches) = 0;
};

/// The durable record of changes, tasks, snaps, notices and warnings: one SQLite file (write-ahead log,
/// synced at each commit), held by one process and used by one thread at a time. What commit returned
/// from is there after a power cut.
class journal_database {
public:
  /// Opens the file, or makes it with mode 0600; brings an older schema up to date. Throws failure
  /// `cannot open journal PATH: …` where the file is of a newer version, not a journal, damaged, used by
  /// another process or can't be written. Beside it stands PATH-reserve, which takes reserve_bytes.
  explicit journal_database(std::filesystem::path path,
                            std::uint64_t reserve_bytes = limits::journal_reserve_bytes);

  /// One that is only in memory and goes with its object: no file, no reserve, and nobody else who could
  /// use it. For runs of the engine that are to leave nothing.
  static std::shared_ptr<journal_database> in_memory();

  /// One in a file of an SQLite VFS that has this name, without reserve. For simulated disks.
  static std::shared_ptr<journal_database> on_vfs(const std::string& vfs);

  /// Tells this of each later commit; null: nobody. It outlives the journal.
  void watch(journal_watcher* who) { watcher_ = who; }

  journal_database(const journal_database&) = delete;
  journal_database& operator=(const journal_database&) = delete;
  ~journal_database();

  /// All that is stored: changes, tasks and notices by id, operations by index, snaps by name, warnings
  /// by message. May be called again at any time.
  journal_contents load();

  /// Makes batches durable in one transaction, in their order: all or nothing. Throws failure
  /// `cannot write journal PATH: …`; its kind is unavailable where the disk is at fault, and then the
  /// same batches may be committed again later, and internal where they contradict what is stored.
  ///
  /// A snap's state is stored only if its version is higher than the stored one, so that the order of
  /// writers doesn't matter. A snap that is gone keeps its version until a change with an operation on
  /// it ends; only then may its versions start anew.
  void commit(std::span<const journal_batch> batches);

  /// Ended changes, newest first, pruned ones too, at most limit of them; those with an operation on one
  /// snap, or all. The last limits::history_changes_kept are kept.
  std::vector<history_entry> history(std::size_t limit, const std::optional<std::string>& snap = {});

  /// Whether the disk's reserve is used up: a commit met a full disk, so that the space is there for the
  /// commits that undo what filled it, or there was no room for it in the first place. New work
  /// should wait until this is false again.
  bool reserve_released() const;

  /// Takes the reserve again if there is room for twice its size.
  void restore_reserve();

  const journal_statistics& statistics() const { return statistics_; }

private:
  struct storage;

  journal_database(std::filesystem::path path, std::unique_ptr<storage> opened);

  std::filesystem::path path_;
  std::unique_ptr<storage> storage_;
  journal_statistics statistics_;
  journal_watcher* watcher_ = nullptr;
};

} // namespace troupe
