#include "runtime/snapshots/snapshots.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <fcntl.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snapshots/archive_input.hpp"
#include "runtime/snapshots/expected.hpp"
#include "runtime/snapshots/pack_tree.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;
using namespace snapshots;

constexpr std::string_view suffix = ".snapshot";

struct source {
  std::string archive;
  fs::path tree;
};

std::vector<source> sources_in(const snap_trees& data) {
  host::real_files files;
  std::vector<source> result;
  for (const auto& one : {source{revision_archive, data.revision}, source{common_archive, data.common}})
    if (files.exists(one.tree))
      result.push_back(one);
  return result;
}

snapshot_info write_file(const fs::path& fresh, const snapshot_info& info,
                         const std::vector<source>& sources, const snapshot_run& run) {
  const std::string what = "cannot write snapshot " + in_quotes(fresh.native());
  const host::file_descriptor out{
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!out)
    host::throw_errno(what);
  std::vector<std::string> names;
  for (const auto& one : sources)
    names.push_back(one.archive);
  container_writer writer{out.get(), info, names, what};
  std::uint64_t done = 0;
  for (const auto& one : sources) {
    writer.begin_archive();
    writer.end_archive(pack_tree(one.archive, one.tree, out.get(), done, run));
  }
  writer.finish();
  return writer.info();
}

bool is_instance_name(const std::string& name) {
  try {
    check_instance_name(name);
    return true;
  } catch (const failure&) {
    return false;
  }
}

/// What a file's name tells; nothing where it is no snapshot's.
snapshot_info info_from_name(std::string_view name) {
  snapshot_info info;
  name.remove_suffix(suffix.size());
  const auto first = name.find('_');
  const auto last = name.rfind('_');
  if (first == name.npos || first == last)
    return info;
  const auto [end, error] = std::from_chars(name.data(), name.data() + first, info.set);
  const auto rev = revision_from_text(name.substr(last + 1));
  if (error != std::errc{} || end != name.data() + first || !rev)
    return {};
  info.snap = name.substr(first + 1, last - first - 1);
  info.rev = *rev;
  // One name a snapshot: 007_hello_x1 is none.
  auto is_its_name = is_instance_name(info.snap) && info.set > 0 &&
                     snapshot_file({}, info) == std::string{name} + std::string{suffix};
  return is_its_name ? info : snapshot_info{};
}

stored_snapshot look_at(const fs::path& file) {
  stored_snapshot result;
  result.file = file.string();
  const auto named = info_from_name(file.filename().native());
  try {
    const auto opened = open_container(file);
    result.file_bytes = opened.file_bytes;
    result.info = opened.info;
    if (snapshot_file({}, opened.info) != file.filename())
      throw fault{"by its meta.json it is " + snapshot_file({}, opened.info).string()};
  } catch (const fault& found) {
    result.info = named;
    result.fault = found.reason;
  } catch (const failure& unreadable) {
    result.info = named;
    result.fault = unreadable.what();
  }
  return result;
}

} // namespace

namespace snapshots {

container open_expected(const fs::path& file, const snapshot_key& expected) {
  auto opened = open_container(file);
  if (opened.info.set != expected.set || opened.info.snap != expected.snap ||
      (expected.rev && opened.info.rev != expected.rev))
    throw fault{"it is of set " + std::to_string(opened.info.set) + " and snap " +
                in_quotes(opened.info.snap) + " (" + to_string(opened.info.rev) + "), not of set " +
                std::to_string(expected.set) + " and " + in_quotes(expected.snap) +
                (expected.rev ? " (" + to_string(expected.rev) + ")" : "")};
  return opened;
}

} // namespace snapshots

fs::path snapshot_file(const fs::path& directory, const snapshot_key& key) {
  return directory /
         (std::to_string(key.set) + "_" + key.snap + "_" + to_string(key.rev) + std::string{suffix});
}

fs::path snapshot_file(const fs::path& directory, const snapshot_info& info) {
  return snapshot_file(directory, snapshot_key{info.set, info.snap, info.rev});
}

snapshot_info write_snapshot(const fs::path& directory, const snapshot_info& info,
                             const snap_trees& data, const snapshot_run& run) {
  check_instance_name(info.snap);
  host::real_files{}.make_dirs(directory, 0700);
  const auto file = snapshot_file(directory, info);
  const auto fresh = host::unfinished(file);
  host::remove_entry(fresh);
  try {
    auto written = write_file(fresh, info, sources_in(data), run);
    host::rename_durably(fresh, file);
    return written;
  } catch (...) {
    host::remove_entry(fresh);
    throw;
  }
}

snapshot_info read_snapshot_info(const fs::path& file) {
  return with_words("read", file, [&] { return open_container(file).info; });
}

void check_snapshot(const fs::path& file, const snapshot_key& expected, const snapshot_run& run) {
  with_words("check", file, [&] {
    const auto opened = open_expected(file, expected);
    const auto stop_if_asked = [&] {
      if (run.stop.stop_requested())
        throw failure{failure_kind::internal,
                      "cannot check snapshot " + in_quotes(file.native()) + ": it was stopped"};
    };
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < opened.offsets.size(); ++i) {
      archive_input archive{opened, i};
      for (member next; archive.next(next);) {
        stop_if_asked();
        for (data_block block; archive.next_block(block);) {
          stop_if_asked();
          done += block.bytes.size();
          if (run.advance)
            run.advance(done);
        }
      }
    }
  });
}

std::vector<stored_snapshot> list_snapshots(const fs::path& directory) {
  std::vector<stored_snapshot> result;
  for (const auto& name : host::real_files{}.list(directory))
    if (name.ends_with(suffix))
      result.push_back(look_at(directory / name));
  std::ranges::sort(result, {}, [](const stored_snapshot& one) {
    return std::tie(one.info.set, one.info.snap, one.info.rev, one.file);
  });
  return result;
}

std::uint64_t greatest_snapshot_set(const fs::path& directory) {
  // Counting on from there has to stay possible, in the journal's signed numbers too.
  constexpr auto most = std::uint64_t{1} << 62;
  std::uint64_t greatest = 0;
  for (const auto& name : host::real_files{}.list(directory))
    if (name.ends_with(suffix))
      if (const auto set = info_from_name(name).set; set <= most)
        greatest = std::max(greatest, set);
  return greatest;
}

void forget_snapshot(const fs::path& file) { host::real_files{}.remove_file(file); }

} // namespace troupe
