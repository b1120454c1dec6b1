#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/coverage.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/simulated_host.hpp"

struct sqlite3_vfs;

namespace troupe::sim {

/// A disk in memory that SQLite writes to through a VFS of its own. What was synced stays; what was only
/// written is kept, lost or torn when the power is cut, and survives the end of the process otherwise.
/// Source: sqlite.org/vfs.html; a sector is 512 bytes and writes beside it don't harm it.
class simulated_disk {
public:
  /// The watcher is told of each write and sync; what it throws is how that fails. A write that fails
  /// is done in part.
  explicit simulated_disk(effect_watcher& watcher);
  ~simulated_disk();
  simulated_disk(const simulated_disk&) = delete;
  simulated_disk& operator=(const simulated_disk&) = delete;

  /// By which SQLite finds it.
  const std::string& vfs() const { return name_; }

  /// Nobody may have a file open.
  void cut_power(dice& random, hit_counts& hits);

  /// What SQLite's callbacks use.
  struct file;
  file& open(const std::string& name);
  bool exists(const std::string& name) const { return files_.contains(name); }
  /// These return an SQLite result code.
  int remove(const std::string& name);
  int write(file& into, std::uint64_t at, std::string bytes);
  int truncate(file& what, std::uint64_t bytes);
  int sync(file& what);
  /// What SQLite asks for as chance; the same in every run.
  dice& salt() { return salt_; }

private:
  effect_watcher& watcher_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::unique_ptr<file>> files_;
  dice salt_{0};
};

/// As programs read it, and what of it isn't safe yet.
struct simulated_disk::file {
  struct change {
    bool is_truncation = false;
    std::uint64_t at = 0;
    std::string bytes;
  };
  std::string content;
  std::string synced;
  std::vector<change> unsynced;
};

} // namespace troupe::sim
