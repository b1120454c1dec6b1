#include "tests/sim/simulated_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

namespace troupe::sim {

namespace {

constexpr std::size_t sector_bytes = 512;

struct open_file {
  sqlite3_file base;
  simulated_disk* disk;
  simulated_disk::file* content;
};

open_file& opened(sqlite3_file* handle) { return *reinterpret_cast<open_file*>(handle); }

simulated_disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<simulated_disk*>(vfs->pAppData); }

int close_file(sqlite3_file*) { return SQLITE_OK; }

int read_file(sqlite3_file* handle, void* into, int bytes, sqlite3_int64 at) {
  const auto& content = opened(handle).content->content;
  const auto wanted = static_cast<std::size_t>(bytes);
  const auto from = std::min(static_cast<std::size_t>(at), content.size());
  const auto there = std::min(wanted, content.size() - from);
  std::memcpy(into, content.data() + from, there);
  std::memset(static_cast<char*>(into) + there, 0, wanted - there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* handle, const void* from, int bytes, sqlite3_int64 at) {
  auto& file = opened(handle);
  return file.disk->write(*file.content, static_cast<std::uint64_t>(at),
                          {static_cast<const char*>(from), static_cast<std::size_t>(bytes)});
}

int truncate_file(sqlite3_file* handle, sqlite3_int64 bytes) {
  auto& file = opened(handle);
  return file.disk->truncate(*file.content, static_cast<std::uint64_t>(bytes));
}

int sync_file(sqlite3_file* handle, int) {
  auto& file = opened(handle);
  return file.disk->sync(*file.content);
}

int file_size(sqlite3_file* handle, sqlite3_int64* bytes) {
  *bytes = static_cast<sqlite3_int64>(opened(handle).content->content.size());
  return SQLITE_OK;
}

// One process has it, so locks are always granted.
int lock_file(sqlite3_file*, int) { return SQLITE_OK; }
int check_lock(sqlite3_file*, int* taken) {
  *taken = 0;
  return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return sector_bytes; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

constexpr sqlite3_io_methods file_methods = [] {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = file_size;
  methods.xLock = lock_file;
  methods.xUnlock = lock_file;
  methods.xCheckReservedLock = check_lock;
  methods.xFileControl = control_file;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = characteristics;
  return methods;
}();

int open_in(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* flags_out) {
  auto& disk = disk_of(vfs);
  handle->pMethods = nullptr;
  // One without a name is SQLite's own for the time being.
  const std::string called = name ? name : "(temporary)";
  if (!disk.exists(called) && !(flags & SQLITE_OPEN_CREATE))
    return SQLITE_CANTOPEN;
  new (handle) open_file{{&file_methods}, &disk, &disk.open(called)};
  if (flags_out)
    *flags_out = flags;
  return SQLITE_OK;
}

int delete_in(sqlite3_vfs* vfs, const char* name, int) { return disk_of(vfs).remove(name); }

int access_in(sqlite3_vfs* vfs, const char* name, int, int* result) {
  *result = disk_of(vfs).exists(name);
  return SQLITE_OK;
}

int full_name_in(sqlite3_vfs*, const char* name, int bytes, char* into) {
  sqlite3_snprintf(bytes, into, "%s", name);
  return SQLITE_OK;
}

int randomness_in(sqlite3_vfs* vfs, int bytes, char* into) {
  for (int i = 0; i < bytes; ++i)
    into[i] = static_cast<char>(disk_of(vfs).salt()());
  return bytes;
}

int sleep_in(sqlite3_vfs*, int microseconds) { return microseconds; }

int time_in(sqlite3_vfs*, double* julian_day) {
  *julian_day = 2460000.5;
  return SQLITE_OK;
}

/// Those of the bytes that reach the disk when the power fails amid them: whole sectors from the start.
std::string torn(const std::string& bytes, dice& random) {
  return bytes.substr(0, random.below(bytes.size() / sector_bytes + 1) * sector_bytes);
}

void put(std::string& content, const simulated_disk::file::change& change) {
  if (change.is_truncation) {
    content.resize(change.at);
    return;
  }
  if (content.size() < change.at + change.bytes.size())
    content.resize(change.at + change.bytes.size());
  content.replace(change.at, change.bytes.size(), change.bytes);
}

} // namespace

simulated_disk::simulated_disk(effect_watcher& watcher)
    : watcher_{watcher}, vfs_{std::make_unique<sqlite3_vfs>()} {
  static std::atomic<std::uint64_t> made = 0;
  name_ = "simulated-disk-" + std::to_string(++made);
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(open_file);
  vfs_->mxPathname = 512;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = open_in;
  vfs_->xDelete = delete_in;
  vfs_->xAccess = access_in;
  vfs_->xFullPathname = full_name_in;
  vfs_->xRandomness = randomness_in;
  vfs_->xSleep = sleep_in;
  vfs_->xCurrentTime = time_in;
  sqlite3_vfs_register(vfs_.get(), 0);
}

simulated_disk::~simulated_disk() { sqlite3_vfs_unregister(vfs_.get()); }

simulated_disk::file& simulated_disk::open(const std::string& name) {
  auto& found = files_[name];
  if (!found)
    found = std::make_unique<file>();
  return *found;
}

namespace {

/// Does it under the watcher's eyes; returns SQLite's code for how that went.
template <class Act, class ActInPart>
int attempt(effect_watcher& watcher, std::string_view site, int error, Act act, ActInPart act_in_part) {
  auto is_done = false;
  try {
    watcher.before(site, "journal");
    act();
    is_done = true;
    watcher.after(site, "journal");
    return SQLITE_OK;
  } catch (const failure& why) {
    if (!is_done)
      act_in_part();
    return why.kind() == failure_kind::insufficient_space ? SQLITE_FULL : error;
  }
}

} // namespace

int simulated_disk::write(file& into, std::uint64_t at, std::string bytes) {
  file::change whole{false, at, std::move(bytes)};
  auto add = [&](const file::change& what) {
    put(into.content, what);
    into.unsynced.push_back(what);
  };
  return attempt(
      watcher_, "journal_write", SQLITE_IOERR_WRITE, [&] { add(whole); },
      [&] {
        auto half = whole;
        half.bytes.resize(half.bytes.size() / 2);
        add(half);
      });
}

int simulated_disk::truncate(file& what, std::uint64_t bytes) {
  file::change cut{true, bytes, {}};
  return attempt(
      watcher_, "journal_write", SQLITE_IOERR_TRUNCATE,
      [&] {
        put(what.content, cut);
        what.unsynced.push_back(cut);
      },
      [] {});
}

int simulated_disk::remove(const std::string& name) {
  return attempt(
      watcher_, "journal_write", SQLITE_IOERR_DELETE, [&] { files_.erase(name); }, [] {});
}

int simulated_disk::sync(file& what) {
  return attempt(
      watcher_, "journal_sync", SQLITE_IOERR_FSYNC,
      [&] {
        what.synced = what.content;
        what.unsynced.clear();
      },
      [] {});
}

void simulated_disk::cut_power(dice& random, hit_counts& hits) {
  for (auto& [name, file] : files_) {
    for (auto& change : file->unsynced)
      switch (random.below(3)) {
      case 0:
        hit(hits, sometimes::write_lost);
        break;
      case 1:
        hit(hits, sometimes::write_torn);
        change.bytes = torn(change.bytes, random);
        put(file->synced, change);
        break;
      default:
        hit(hits, sometimes::write_kept);
        put(file->synced, change);
      }
    file->unsynced.clear();
    file->content = file->synced;
  }
}

} // namespace troupe::sim
