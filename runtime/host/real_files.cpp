#include "runtime/host/real_files.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

/// Whether unlink() left nothing of that name.
bool unlinked(const std::filesystem::path& file) {
  return unlink(file.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR;
}

bool leads_to_directory(const std::filesystem::path& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool make_one_dir(const std::filesystem::path& directory, mode_t mode) {
  const std::string what = "cannot make directory " + directory.string();
  if (mkdir(directory.c_str(), mode) != 0) {
    if (errno != EEXIST)
      throw_errno(what);
    if (!leads_to_directory(directory))
      throw system_failure(what, ENOTDIR);
    return false;
  }
  // The process's file mode mask took bits away that the caller asked for.
  if (chmod(directory.c_str(), mode) != 0)
    throw_errno(what);
  sync_parent(directory);
  return true;
}

} // namespace

void real_files::remove_file(const path& file) {
  unlinked(unfinished(file));
  struct stat status {};
  if (lstat(file.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return;
  if (!unlinked(file))
    throw_errno("cannot remove " + file.string());
  sync_parent(file);
}

bool real_files::make_dirs(const path& directory, mode_t mode) {
  const path plain = without_slash(directory);
  if (leads_to_directory(plain)) {
    // A daemon killed between making and syncing it left the sync to this call.
    sync_parent(plain);
    return false;
  }
  if (const path parent = plain.parent_path(); !parent.empty() && !leads_to_directory(parent))
    make_dirs(parent, 0755);
  return make_one_dir(plain, mode);
}

void real_files::make_link(const path& target, const path& link) {
  const std::string what = "cannot make link " + link.string();
  const path fresh = unfinished(link);
  unlinked(fresh);
  if (symlink(target.c_str(), fresh.c_str()) != 0)
    throw_errno(what);
  if (::rename(fresh.c_str(), without_slash(link).c_str()) != 0) {
    const int error = errno;
    unlinked(fresh);
    throw system_failure(what, error);
  }
  sync_parent(link);
}

std::optional<std::string> real_files::read_link(const path& link) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlink(without_slash(link).c_str(), target.data(), target.size());
  if (length < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EINVAL))
    return std::nullopt;
  if (length < 0)
    throw_errno("cannot read link " + link.string());
  target.resize(static_cast<std::size_t>(length));
  return target;
}

void real_files::write_file(const path& file, std::string_view text, mode_t mode) {
  const std::string what = "cannot write " + file.string();
  const path fresh = unfinished(file);
  unlinked(fresh);
  const file_descriptor out{open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!out)
    throw_errno(what);
  try {
    write_all(out.get(), text, what);
    if (fchmod(out.get(), mode) != 0)
      throw_errno(what);
    sync_descriptor(out.get(), what);
    rename_durably(fresh, file);
  } catch (...) {
    unlinked(fresh);
    throw;
  }
}

bool real_files::holds(const path& file, std::string_view text) {
  std::error_code none;
  return std::filesystem::file_size(file, none) == text.size() && !none &&
         read_if_there(file, text.size()) == text;
}

void real_files::rename(const path& from, const path& to) {
  if (!exists(from) && exists(to))
    return;
  rename_durably(from, to);
}

bool real_files::exists(const path& file) {
  struct stat status {};
  if (lstat(without_slash(file).c_str(), &status) == 0)
    return true;
  if (errno != ENOENT && errno != ENOTDIR)
    throw_errno("cannot look at " + file.string());
  return false;
}

std::vector<std::string> real_files::list(const path& directory) {
  const std::string what = "cannot list " + directory.string();
  const file_descriptor opened{open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened && errno == ENOENT)
    return {};
  if (!opened)
    throw_errno(what);
  auto names = names_in(opened.get(), what);
  std::erase_if(names, is_unfinished);
  std::sort(names.begin(), names.end());
  return names;
}

std::uint64_t real_files::free_bytes(const path& directory) {
  struct statvfs status {};
  if (statvfs(directory.c_str(), &status) != 0)
    throw_errno("cannot ask for the free space of " + directory.string());
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

void real_files::sync_file(const path& file) { sync_path(file, O_NONBLOCK); }

void real_files::sync_dir(const path& directory) { sync_path(directory, O_DIRECTORY); }

void real_files::remove_tree(const path& tree) {
  remove_entry(unfinished(tree));
  remove_entry(tree);
}

} // namespace troupe::host
