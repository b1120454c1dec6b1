#include "runtime/snapshots/restore.hpp"

#include <array>

#include "runtime/host/durable.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/snapshots/archive_input.hpp"
#include "runtime/snapshots/expected.hpp"
#include "runtime/snapshots/unpack_tree.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;
using namespace snapshots;

/// The target of a link that stands where a former directory would.
constexpr const char* nothing_former = "nothing-was-there";

std::array<restore_place, 2> all(const restore_places& places) {
  return {places.revision, places.common};
}

bool is_there(const fs::path& file) { return host::real_files{}.exists(file); }

/// Whether an earlier try has come so far that all is unpacked.
bool is_swapping(const restore_places& places) {
  return is_there(places.revision.aside) || is_there(places.common.aside);
}

// A rename would take along what is mounted there.
void check_mounts(const restore_places& places, const fs::path& file) {
  for (const auto& place : all(places))
    if (const auto mounts = host::mounts_below(place.target); !mounts.empty())
      throw failure{"cannot restore snapshot " + in_quotes(file.native()) +
                    ": something is mounted on " + in_quotes(mounts.front()) + "; unmount it first"};
}

void swap_in(const restore_place& place) {
  const auto fresh = host::unfinished(place.target);
  if (!is_there(fresh))
    return;
  if (!is_there(place.aside)) {
    if (is_there(place.target))
      host::rename_durably(place.target, place.aside);
    else
      host::real_files{}.make_link(nothing_former, place.aside);
  }
  host::rename_durably(fresh, place.target);
}

void put_back(const restore_place& place) {
  if (!is_there(place.aside))
    return;
  if (is_there(place.target)) {
    host::remove_entry(host::unfinished(place.target));
    host::rename_durably(place.target, host::unfinished(place.target));
  }
  if (host::real_files{}.read_link(place.aside) == nothing_former)
    host::remove_entry(place.aside);
  else
    host::rename_durably(place.aside, place.target);
}

void check_space(const container& opened, const fs::path& file, const fs::path& directory) {
  std::uint64_t needed = 0;
  for (const auto& archive : opened.info.archives)
    needed += archive.data_bytes;
  if (const auto free = host::real_files{}.free_bytes(directory); needed > free)
    throw failure{failure_kind::insufficient_space,
                  "cannot restore snapshot " + in_quotes(file.native()) + ": its data needs " +
                      std::to_string(needed) + " bytes, and " + std::to_string(free) + " are free in " +
                      directory.string()};
}

void unpack_all(const fs::path& file, const snapshot_key& expected, const restore_places& places,
                const snapshot_run& run) {
  const auto opened = open_expected(file, expected);
  check_space(opened, file, places.revision.target.parent_path());
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < opened.offsets.size(); ++i) {
    const auto& place = opened.info.archives[i].name == common_archive ? places.common : places.revision;
    archive_input archive{opened, i};
    unpack_tree(archive, host::unfinished(place.target), done, run);
  }
}

void remove_unpacked(const restore_places& places) {
  for (const auto& place : all(places))
    host::remove_entry(host::unfinished(place.target));
}

} // namespace

void restore_snapshot(const fs::path& file, const snapshot_key& expected, const restore_places& places,
                      const snapshot_run& run) {
  if (!is_swapping(places)) {
    check_mounts(places, file);
    remove_unpacked(places);
    try {
      with_words("restore", file, [&] { unpack_all(file, expected, places, run); });
    } catch (...) {
      remove_unpacked(places);
      throw;
    }
  }
  try {
    for (const auto& place : all(places))
      swap_in(place);
  } catch (...) {
    put_back_former(places);
    throw;
  }
}

// What was restored stays whole as long as anything is aside, since a restore that is called again after
// a crash would go on with it.
void put_back_former(const restore_places& places) {
  for (const auto& place : all(places))
    put_back(place);
  remove_unpacked(places);
  for (const auto& place : all(places))
    host::remove_entry(host::unfinished(place.aside));
}

void drop_former(const restore_places& places) {
  for (const auto& place : all(places)) {
    // It goes at once, so that nobody takes half of it for the former directory.
    const auto going = host::unfinished(place.aside);
    if (is_there(place.aside)) {
      host::remove_entry(going);
      host::rename_durably(place.aside, going);
    }
    host::remove_entry(going);
  }
}

} // namespace troupe
