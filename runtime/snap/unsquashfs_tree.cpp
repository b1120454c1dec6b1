#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/child.hpp"
#include "runtime/snap/image_tree.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

entry_kind kind_of(char letter) {
  switch (letter) {
  case '-':
    return entry_kind::file;
  case 'd':
    return entry_kind::directory;
  case 'l':
    return entry_kind::link;
  default:
    return entry_kind::other;
  }
}

/// The permission bits of nine letters such as rwsr-xr-x; capital S and T stand for a special bit alone.
std::uint32_t mode_of(std::string_view letters) {
  std::uint32_t mode = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    auto letter = letters[i];
    if (letter != '-' && letter != 'S' && letter != 'T')
      mode |= 0400U >> i;
    if (i % 3 == 2 && letter != '-' && letter != 'x')
      mode |= 04000U >> (i / 3);
  }
  return mode;
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

/// An image that is read by running unsquashfs.
class unsquashfs_tree final : public snap_tree {
public:
  explicit unsquashfs_tree(const std::filesystem::path& image)
      : image_{std::filesystem::absolute(image)}, name_{"snap file " + in_quotes(image.native())} {
    auto listing = run({"-lln", "-dest", "", image_}, limits::snap_listing_bytes, {});
    for (std::string_view rest = listing; !rest.empty();) {
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      add_line(line);
    }
  }

  const std::string& name() const override { return name_; }

  std::optional<tree_entry> stat(const std::string& path) override {
    auto found = entries_.find(path);
    return found == entries_.end() ? std::nullopt : std::optional{found->second};
  }

  std::string read(const std::string& path, std::uint64_t most) override {
    return run({"-cat", "-no-wildcards", image_, path}, most, path);
  }

  std::vector<std::string> list(const std::string& directory, std::size_t most) override {
    std::vector<std::string> names;
    auto prefix = directory + "/";
    for (auto entry = entries_.lower_bound(prefix);
         entry != entries_.end() && entry->first.starts_with(prefix); ++entry) {
      auto name = entry->first.substr(prefix.size());
      if (name.find('/') != name.npos)
        continue;
      if (names.size() == most)
        refuse(directory, "it has more than " + std::to_string(most) + " entries");
      names.push_back(std::move(name));
    }
    return names;
  }

private:
  /// Takes one line such as `-rwxr-xr-x 0/0   12 2024-05-06 07:08 /bin/hello`.
  void add_line(std::string_view line) {
    auto letters = take_word(line);
    if (letters.size() != 10)
      return;
    tree_entry entry{
        .kind = kind_of(letters[0]), .mode = mode_of(letters.substr(1)), .bytes = 0, .target = {}};
    take_word(line);
    auto size = take_word(line);
    std::from_chars(size.data(), size.data() + size.size(), entry.bytes);
    // A device has two numbers in place of a size.
    if (size.ends_with(','))
      take_word(line);
    take_word(line);
    take_word(line);
    if (!line.starts_with(" /"))
      return;
    auto path = line.substr(2);
    if (entry.kind == entry_kind::link) {
      auto arrow = path.find(" -> ");
      if (arrow != path.npos)
        entry.target = path.substr(arrow + 4);
      path = path.substr(0, arrow);
    }
    entries_.emplace(path, std::move(entry));
  }

  std::string run(std::vector<std::string> arguments, std::size_t most, const std::string& path) const {
    arguments.insert(arguments.begin(), "unsquashfs");
    auto result = run_child(arguments, most);
    if (result.is_cut)
      refuse(path, (path.empty() ? "its list of files" : "it") + std::string{" is larger than "} +
                       std::to_string(most) + " bytes");
    if (result.exit_code != 0)
      refuse(path, "it is damaged (unsquashfs: " + last_line(result) + ")");
    return std::move(result.output);
  }

  std::string image_;
  std::string name_;
  std::map<std::string, tree_entry> entries_;
};

} // namespace

std::unique_ptr<snap_tree> open_unsquashfs_tree(const std::filesystem::path& image) {
  return std::make_unique<unsquashfs_tree>(image);
}

} // namespace troupe
