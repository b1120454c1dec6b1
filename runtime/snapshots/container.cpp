#include "runtime/snapshots/container.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/digest.hpp"
#include "runtime/snapshots/fault.hpp"
#include "runtime/snapshots/libarchive.hpp"
#include "runtime/snapshots/meta.hpp"

namespace troupe::snapshots {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t block_bytes = 512;
constexpr std::uint64_t end_bytes = 2 * block_bytes;
constexpr const char* meta_name = "meta.json";
constexpr const char* digest_name = "sha3-384";
constexpr std::size_t digest_text_bytes = 97; ///< 96 digits and a line's end.

std::uint64_t in_blocks(std::uint64_t bytes) {
  return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

la_ssize_t collect(archive*, void* into, const void* bytes, std::size_t count) {
  static_cast<std::string*>(into)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

/// A member's header, one block: GNU's tar can say sizes beyond 8 GiB in it.
std::string header(const std::string& name, std::uint64_t bytes, time_point time) {
  std::string text;
  archive_ptr writer{archive_write_new()};
  const entry_ptr member{archive_entry_new()};
  archive_entry_copy_pathname(member.get(), name.c_str());
  archive_entry_set_filetype(member.get(), AE_IFREG);
  archive_entry_set_perm(member.get(), 0600);
  archive_entry_set_size(member.get(), static_cast<la_int64_t>(bytes));
  archive_entry_set_mtime(member.get(),
                          std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(), 0);
  archive_write_set_format_gnutar(writer.get());
  archive_write_set_bytes_per_block(writer.get(), 0);
  if (archive_write_open(writer.get(), &text, nullptr, collect, nullptr) != ARCHIVE_OK ||
      archive_write_header(writer.get(), member.get()) != ARCHIVE_OK || text.size() != block_bytes)
    throw failure{failure_kind::internal,
                  "cannot make the header of a snapshot's " + name + ": " + error_of(writer.get())};
  // Freeing the writer writes the archive's end, which isn't wanted.
  std::string result = text;
  writer.reset();
  return result;
}

std::vector<snapshot_archive> placeholders(const std::vector<std::string>& names) {
  constexpr auto longest = static_cast<std::uint64_t>(-1);
  std::vector<snapshot_archive> result;
  for (const auto& name : names)
    result.push_back({name, longest, longest, longest, std::string(digest_text_bytes - 1, '0')});
  return result;
}

std::size_t meta_bytes_with(snapshot_info info, const std::vector<std::string>& archives) {
  info.archives = placeholders(archives);
  return written_meta(info).size() + 1;
}

std::string read_range(int file, std::uint64_t from, std::uint64_t to, const std::string& what) {
  std::string text(to - from, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got =
        pread(file, text.data() + filled, text.size() - filled, static_cast<off_t>(from + filled));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      host::throw_errno(what);
    if (got == 0)
      throw fault{"it is cut short"};
    filled += static_cast<std::size_t>(got);
  }
  return text;
}

/// A member of the container as libarchive finds it.
struct found_member {
  std::string name;
  std::uint64_t offset; ///< Of its content.
  std::uint64_t bytes;
};

std::vector<found_member> members_of(int file) {
  constexpr std::size_t most_members = 4;
  constexpr std::size_t read_bytes = 4U << 10;
  const archive_ptr reader{archive_read_new()};
  const entry_ptr member{archive_entry_new()};
  if (archive_read_support_format_tar(reader.get()) != ARCHIVE_OK ||
      archive_read_open_fd(reader.get(), file, read_bytes) != ARCHIVE_OK)
    throw fault{"it isn't a snapshot: " + error_of(reader.get())};
  std::vector<found_member> members;
  for (;;) {
    const int result = archive_read_next_header2(reader.get(), member.get());
    if (result == ARCHIVE_EOF)
      return members;
    if (result != ARCHIVE_OK)
      throw fault{(members.empty() ? "it isn't a snapshot: " : "it is damaged or cut short: ") +
                  error_of(reader.get())};
    const char* name = archive_entry_pathname(member.get());
    if (members.size() == most_members || !name || archive_entry_size(member.get()) < 0)
      throw fault{"it isn't a snapshot: it has other members than a snapshot has"};
    members.push_back(
        {name, static_cast<std::uint64_t>(archive_read_header_position(reader.get())) + block_bytes,
         static_cast<std::uint64_t>(archive_entry_size(member.get()))});
  }
}

/// Members follow each other block by block, so that no byte of the file belongs to none.
void check_places(const std::vector<found_member>& members, std::uint64_t file_bytes) {
  std::uint64_t position = 0;
  for (const auto& member : members) {
    if (member.offset != position + block_bytes || member.bytes > file_bytes)
      throw fault{"it isn't a snapshot: its members aren't placed as a snapshot's are"};
    position = member.offset + in_blocks(member.bytes);
  }
  if (file_bytes < position + end_bytes)
    throw fault{"it is cut short"};
  if (file_bytes > position + end_bytes)
    throw fault{"it is damaged: there is something behind its end"};
}

void check_names(const std::vector<found_member>& members) {
  const bool is_framed =
      members.size() >= 2 && members.front().name == meta_name && members.back().name == digest_name;
  if (!is_framed)
    throw fault{
        "it isn't a snapshot or is cut short: it lacks its " +
        std::string{members.empty() || members.front().name != meta_name ? meta_name : digest_name}};
  if (members.front().bytes > limits::snapshot_meta_bytes)
    throw fault{"its meta.json is larger than " + std::to_string(limits::snapshot_meta_bytes) +
                " bytes"};
  if (members.back().bytes != digest_text_bytes)
    throw fault{"its digest is malformed"};
}

/// Takes over what meta.json says, which must be what is there.
void adopt_archives(container& opened, const std::vector<found_member>& members) {
  const auto& archives = opened.info.archives;
  if (archives.size() != members.size() - 2)
    throw fault{"it isn't a snapshot: its meta.json lists other archives than are there"};
  for (std::size_t i = 0; i < archives.size(); ++i) {
    const auto& member = members[i + 1];
    const bool is_known = member.name == common_archive || (i == 0 && member.name == revision_archive);
    const bool is_repeated = i > 0 && archives[i - 1].name == member.name;
    if (!is_known || is_repeated || archives[i].name != member.name || archives[i].bytes != member.bytes)
      throw fault{"it isn't a snapshot: its meta.json lists other archives than are there"};
    opened.offsets.push_back(member.offset);
  }
}

/// All bytes up to the digest but the archives'.
std::string frame_of(int file, const std::vector<found_member>& members, const std::string& what) {
  std::string frame;
  std::uint64_t position = 0;
  for (std::size_t i = 1; i + 1 < members.size(); ++i) {
    frame += read_range(file, position, members[i].offset, what);
    position = members[i].offset + members[i].bytes;
  }
  return frame + read_range(file, position, members.back().offset, what);
}

} // namespace

container_writer::container_writer(int file, const snapshot_info& info,
                                   const std::vector<std::string>& archives, std::string what)
    : file_{file}, info_{info}, what_{std::move(what)}, meta_bytes_{meta_bytes_with(info, archives)} {
  info_.archives.clear();
  if (meta_bytes_ > limits::snapshot_meta_bytes)
    throw failure{what_ + ": the snap's configuration is too large: more than " +
                  std::to_string(limits::snapshot_meta_bytes) + " bytes of metadata"};
  position_ = block_bytes + in_blocks(meta_bytes_);
}

void container_writer::begin_archive() {
  if (lseek(file_, static_cast<off_t>(position_ + block_bytes), SEEK_SET) < 0)
    host::throw_errno(what_);
}

void container_writer::end_archive(const snapshot_archive& archive) {
  info_.archives.push_back(archive);
  position_ += block_bytes + in_blocks(archive.bytes);
}

void container_writer::finish() {
  auto meta = written_meta(info_);
  meta.resize(meta_bytes_ - 1, ' ');
  meta += '\n';
  std::string head = header(meta_name, meta.size(), info_.time) + meta;
  head.resize(in_blocks(head.size()), '\0');
  std::string frame = head;
  std::uint64_t position = head.size();
  for (std::size_t i = 0; i < info_.archives.size(); ++i) {
    const auto& archive = info_.archives[i];
    const auto text = header(archive.name, archive.bytes, info_.time);
    write_at(position, text);
    const auto padding = in_blocks(archive.bytes) - archive.bytes;
    frame += text + std::string(padding, '\0');
    position += block_bytes + in_blocks(archive.bytes);
  }
  std::string tail = header(digest_name, digest_text_bytes, info_.time);
  tail += sha3_384_of(frame + tail) + '\n';
  tail.resize(block_bytes + in_blocks(digest_text_bytes) + end_bytes, '\0');
  write_at(position, tail);
  write_at(0, head);
  host::sync_descriptor(file_, what_);
}

void container_writer::write_at(std::uint64_t position, const std::string& text) const {
  if (lseek(file_, static_cast<off_t>(position), SEEK_SET) < 0)
    host::throw_errno(what_);
  host::write_all(file_, text, what_);
}

container open_container(const fs::path& file) {
  const std::string what = "cannot read snapshot " + in_quotes(file.native());
  container opened;
  opened.file =
      host::file_descriptor{open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!opened.file && errno == ENOENT)
    throw failure{failure_kind::not_found, what + ": there is no such file"};
  if (!opened.file && errno == ELOOP)
    throw fault{"it is a symbolic link"};
  struct stat status {};
  if (!opened.file || fstat(opened.file.get(), &status) != 0)
    host::throw_errno(what);
  if (!S_ISREG(status.st_mode))
    throw fault{"it isn't a file"};
  opened.file_bytes = static_cast<std::uint64_t>(status.st_size);
  const int descriptor = opened.file.get();
  const auto members = members_of(descriptor);
  check_names(members);
  check_places(members, opened.file_bytes);
  const auto& digest = members.back();
  const auto tail = read_range(descriptor, digest.offset, opened.file_bytes, what);
  auto wanted = sha3_384_of(frame_of(descriptor, members, what)) + '\n';
  wanted.resize(tail.size(), '\0');
  if (tail != wanted)
    throw fault{"it is damaged: its meta.json or a header isn't what was written"};
  const auto& meta = members.front();
  opened.info = read_meta(read_range(descriptor, meta.offset, meta.offset + meta.bytes, what));
  adopt_archives(opened, members);
  return opened;
}

} // namespace troupe::snapshots
