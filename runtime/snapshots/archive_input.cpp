#include "runtime/snapshots/archive_input.hpp"

#include <algorithm>
#include <cerrno>

#include <linux/limits.h>
#include <unistd.h>

#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"
#include "runtime/snapshots/fault.hpp"

namespace troupe::snapshots {

namespace {

constexpr std::size_t chunk_bytes = 256U << 10;
constexpr std::size_t name_bytes = NAME_MAX;

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash);
}

} // namespace

archive_input::archive_input(const container& from, std::size_t which)
    : file_{from.file.get()},
      position_{from.offsets.at(which)},
      end_{position_ + from.info.archives.at(which).bytes},
      about_{from.info.archives.at(which)},
      chunk_(chunk_bytes, '\0'),
      entry_{archive_entry_new()},
      archive_{archive_read_new()} {
  check(archive_read_support_filter_zstd(archive_.get()));
  check(archive_read_support_format_tar(archive_.get()));
  check(archive_read_open(archive_.get(), this, nullptr, get, nullptr));
}

bool archive_input::next(member& into) {
  // What nobody asked for is read here, and counted, instead of being skipped unseen.
  for (data_block block; members_ > 0 && next_block(block);)
    continue;
  const int result = archive_read_next_header2(archive_.get(), entry_.get());
  if (result == ARCHIVE_EOF) {
    if (members_ == 0)
      refuse("it is empty");
    read_to_end();
    if (auto found = digest_.finish(); found != about_.sha3_384)
      throw fault{"its " + about_.name + " is damaged: its SHA3-384 is " + found + " instead of " +
                  about_.sha3_384};
    return false;
  }
  check(result);
  if (++members_ > limits::snapshot_members)
    refuse("it has more than " + std::to_string(limits::snapshot_members) + " members");
  check_amounts();
  into = {};
  read_entry(into);
  bytes_of_member_ = into.bytes;
  end_of_block_ = 0;
  return true;
}

bool archive_input::next_block(data_block& into) {
  const void* bytes = nullptr;
  std::size_t count = 0;
  la_int64_t offset = 0;
  do {
    const int result = archive_read_data_block(archive_.get(), &bytes, &count, &offset);
    if (result == ARCHIVE_EOF)
      return false;
    check(result);
    check_amounts();
  } while (count == 0);
  const auto begin = static_cast<std::uint64_t>(offset);
  if (offset < 0 || begin < end_of_block_ || begin > bytes_of_member_ ||
      count > bytes_of_member_ - begin)
    refuse("its parts don't fit together");
  end_of_block_ = begin + count;
  data_bytes_ += count;
  if (data_bytes_ > about_.data_bytes)
    refuse("the archive holds more data than meta.json says");
  into = {begin, {static_cast<const char*>(bytes), count}};
  return true;
}

la_ssize_t archive_input::get(archive* of, void* self, const void** bytes) {
  auto& input = *static_cast<archive_input*>(self);
  try {
    const auto text = input.read_raw();
    *bytes = text.data();
    return static_cast<la_ssize_t>(text.size());
  } catch (...) {
    input.failed_ = std::current_exception();
    archive_set_error(of, EIO, "cannot read");
    return ARCHIVE_FATAL;
  }
}

std::string_view archive_input::read_raw() {
  const auto wanted = std::min<std::uint64_t>(end_ - position_, chunk_.size());
  ssize_t got = 0;
  do
    got = pread(file_, chunk_.data(), wanted, static_cast<off_t>(position_));
  while (got < 0 && errno == EINTR);
  if (got < 0)
    host::throw_errno("cannot read " + about_.name + " of a snapshot");
  if (got == 0 && wanted > 0)
    throw fault{"it is cut short in its " + about_.name};
  const std::string_view text{chunk_.data(), static_cast<std::size_t>(got)};
  digest_.update(text);
  position_ += text.size();
  return text;
}

void archive_input::read_to_end() {
  while (position_ < end_)
    read_raw();
}

void archive_input::check(int result) {
  if (failed_)
    std::rethrow_exception(failed_);
  if (result != ARCHIVE_OK)
    refuse(error_of(archive_.get()));
}

void archive_input::check_amounts() {
  if (static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0)) > about_.unpacked_bytes)
    refuse("the archive unpacks to more than meta.json says");
}

void archive_input::refuse(const std::string& reason) {
  read_to_end();
  const auto where = at_.empty() ? std::string{} : " at or after " + in_quotes(at_);
  if (digest_.finish() != about_.sha3_384)
    throw fault{"its " + about_.name + " is damaged" + where + ": " + reason};
  throw fault{"its " + about_.name + " can't be used" + where + ": " + reason};
}

void archive_input::read_entry(member& into) {
  const char* path = archive_entry_pathname(entry_.get());
  if (!path)
    refuse("a member's name can't be read");
  const bool is_directory =
      archive_entry_filetype(entry_.get()) == AE_IFDIR && !archive_entry_hardlink(entry_.get());
  into.path = checked_path(path, is_directory);
  at_ = into.path;
  read_type(into);
  place(into);
  into.uid = static_cast<uid_t>(archive_entry_uid(entry_.get()));
  into.gid = static_cast<gid_t>(archive_entry_gid(entry_.get()));
  into.times[0] = {archive_entry_atime(entry_.get()), archive_entry_atime_nsec(entry_.get())};
  into.times[1] = {archive_entry_mtime(entry_.get()), archive_entry_mtime_nsec(entry_.get())};
  read_attributes(into);
}

void archive_input::read_type(member& into) {
  into.mode = archive_entry_mode(entry_.get());
  if (const char* target = archive_entry_hardlink(entry_.get())) {
    into.is_hard_link = true;
    into.link_target = checked_path(target, false);
    return;
  }
  const auto bytes = archive_entry_size(entry_.get());
  switch (archive_entry_filetype(entry_.get())) {
  case AE_IFREG:
    if (bytes < 0 || static_cast<std::uint64_t>(bytes) > limits::snapshot_member_bytes)
      refuse("it is longer than " + std::to_string(limits::snapshot_member_bytes) + " bytes");
    into.bytes = static_cast<std::uint64_t>(bytes);
    return;
  case AE_IFLNK: {
    const char* target = archive_entry_symlink(entry_.get());
    if (!target || *target == '\0' || std::string_view{target}.size() >= PATH_MAX)
      refuse("it is a symbolic link without a target that can be read");
    into.link_target = target;
    return;
  }
  case AE_IFDIR:
  case AE_IFIFO:
    return;
  default:
    refuse("it is neither a file nor a directory, a link or a pipe");
  }
}

void archive_input::read_attributes(member& into) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t bytes = 0;
  std::size_t total = 0;
  if (archive_entry_xattr_reset(entry_.get()) > static_cast<int>(limits::snapshot_attributes))
    refuse("it has more than " + std::to_string(limits::snapshot_attributes) + " extended attributes");
  while (archive_entry_xattr_next(entry_.get(), &name, &value, &bytes) == ARCHIVE_OK) {
    into.attributes.emplace_back(name, std::string{static_cast<const char*>(value), bytes});
    total += into.attributes.back().first.size() + bytes;
  }
  if (total > limits::snapshot_attribute_bytes)
    refuse("its extended attributes are larger than " +
           std::to_string(limits::snapshot_attribute_bytes) + " bytes");
}

void archive_input::place(member& into) {
  if (directories_.empty()) {
    if (into.path != "." || !S_ISDIR(into.mode) || into.is_hard_link)
      refuse("the archive doesn't begin with its directory");
  } else {
    if (into.path == ".")
      refuse("it is there twice");
    const auto parent = parent_of(into.path);
    while (!directories_.empty() && directories_.back().path != parent)
      directories_.pop_back();
    if (directories_.empty())
      refuse("it doesn't follow the directory that it lies in");
    const auto name = into.path.substr(into.path.rfind('/') + 1);
    if (!directories_.back().names.insert(name).second)
      refuse("it is there twice");
  }
  into.level = directories_.size();
  if (into.level > limits::copied_tree_levels + 1)
    refuse("more than " + std::to_string(limits::copied_tree_levels) + " directories are nested");
  if (S_ISDIR(into.mode) && !into.is_hard_link)
    directories_.push_back({into.path, {}});
}

std::string archive_input::checked_path(std::string_view path, bool is_directory) {
  const std::string shown = in_quotes(path);
  if (is_directory && path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  if (path == "." && is_directory)
    return ".";
  if (path.starts_with('/'))
    refuse("a member has the absolute path " + shown);
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto slash = std::min(path.find('/', begin), path.size());
    const auto name = path.substr(begin, slash - begin);
    if (name.empty() || name == "." || name == "..")
      refuse("a member has the path " + shown + ", which isn't plain");
    if (name.size() > name_bytes)
      refuse("a member has a name longer than " + std::to_string(name_bytes) + " bytes");
    begin = slash + 1;
  }
  return std::string{path};
}

} // namespace troupe::snapshots
