#include "runtime/snap/snap_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

class directory_tree final : public snap_tree {
public:
  explicit directory_tree(std::filesystem::path root)
      : root_{std::move(root)}, name_{"snap directory " + in_quotes(root_.native())} {}

  const std::string& name() const override { return name_; }

  std::optional<tree_entry> stat(const std::string& path) override {
    struct stat found {};
    if (lstat((root_ / path).c_str(), &found) != 0) {
      if (errno == ENOENT || errno == ENOTDIR)
        return std::nullopt;
      refuse(path, std::strerror(errno));
    }
    tree_entry entry{.kind = entry_kind::other,
                     .mode = found.st_mode & 07777U,
                     .bytes = static_cast<std::uint64_t>(found.st_size),
                     .target = {}};
    if (S_ISREG(found.st_mode))
      entry.kind = entry_kind::file;
    else if (S_ISDIR(found.st_mode))
      entry.kind = entry_kind::directory;
    else if (S_ISLNK(found.st_mode))
      read_target(path, entry);
    return entry;
  }

  std::string read(const std::string& path, std::uint64_t most) override {
    // Not to follow a link, and not to wait for a FIFO's writer.
    int fd = open((root_ / path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
      refuse(path, std::strerror(errno));
    std::string result(most + 1, '\0');
    std::size_t size = 0;
    ssize_t count = 1;
    while (count > 0 && size < result.size()) {
      count = ::read(fd, result.data() + size, result.size() - size);
      if (count > 0)
        size += static_cast<std::size_t>(count);
    }
    auto error = errno;
    close(fd);
    if (count < 0)
      refuse(path, std::strerror(error));
    if (size > most)
      refuse(path, "it is larger than " + std::to_string(most) + " bytes");
    result.resize(size);
    return result;
  }

  std::vector<std::string> list(const std::string& directory, std::size_t most) override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry{root_ / directory, error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
      if (names.size() == most)
        refuse(directory, "it has more than " + std::to_string(most) + " entries");
      names.push_back(entry->path().filename());
    }
    if (error)
      refuse(directory, error.message());
    std::ranges::sort(names);
    return names;
  }

private:
  void read_target(const std::string& path, tree_entry& entry) const {
    std::error_code error;
    entry.kind = entry_kind::link;
    entry.target = std::filesystem::read_symlink(root_ / path, error);
    if (error)
      refuse(path, error.message());
  }

  std::filesystem::path root_;
  std::string name_;
};

using components = std::deque<std::string>;

void prepend(components& rest, const std::filesystem::path& path) {
  components parts;
  for (const auto& part : path)
    if (!part.empty() && part != ".")
      parts.push_back(part);
  rest.insert(rest.begin(), parts.begin(), parts.end());
}

std::string joined(const components& parts) {
  std::string result;
  for (const auto& part : parts)
    result += (result.empty() ? "" : "/") + part;
  return result;
}

} // namespace

void snap_tree::refuse(const std::string& path, const std::string& why) const {
  throw failure{"cannot read " + name() + ": " + (path.empty() ? "" : as_one_line(path) + ": ") + why};
}

std::unique_ptr<snap_tree> open_directory_tree(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error))
    throw failure{"cannot read snap directory " + in_quotes(directory.native()) + ": " +
                  (error ? error.message() : "it isn't a directory")};
  return std::make_unique<directory_tree>(directory);
}

followed_path follow(snap_tree& tree, const std::string& path) {
  using end_kind = followed_path::end_kind;
  constexpr int most_links = 40; // As in the kernel.
  components rest;
  components done;
  prepend(rest, path);
  std::optional<tree_entry> entry;
  for (int links = 0; !rest.empty();) {
    auto part = std::move(rest.front());
    rest.pop_front();
    if (part == "..") {
      if (done.empty())
        return {end_kind::climbing, {}};
      done.pop_back();
      entry = tree_entry{.kind = entry_kind::directory, .mode = 0, .bytes = 0, .target = {}};
      continue;
    }
    done.push_back(std::move(part));
    entry = tree.stat(joined(done));
    if (!entry)
      return {end_kind::missing, {}};
    if (entry->kind == entry_kind::link) {
      if (++links > most_links)
        return {end_kind::missing, {}};
      if (entry->target.starts_with('/'))
        return {end_kind::outside, {}};
      done.pop_back();
      prepend(rest, entry->target);
    } else if (!rest.empty() && entry->kind != entry_kind::directory) {
      return {end_kind::missing, {}};
    }
  }
  if (!entry)
    return {end_kind::missing, {}};
  return {end_kind::found, std::move(*entry)};
}

} // namespace troupe
