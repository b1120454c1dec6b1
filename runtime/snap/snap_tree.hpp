#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a path in a snap is.
enum class entry_kind : std::uint8_t { file, directory, link, other };

struct tree_entry {
  entry_kind kind = entry_kind::other;
  std::uint32_t mode = 0;  ///< Permission bits.
  std::uint64_t bytes = 0; ///< Size of a file.
  std::string target;      ///< What a link points to.
};

/// The files of a snap, packed or not. Paths are relative to it, without `..` and doubled slashes; no
/// function follows a link. All throw failure where the snap can't be read or is damaged.
class snap_tree {
public:
  virtual ~snap_tree() = default;

  /// `snap file "X"` or `snap directory "X"`.
  virtual const std::string& name() const = 0;

  /// Nothing where there is no such path.
  virtual std::optional<tree_entry> stat(const std::string& path) = 0;

  /// A file's bytes; refused where there are more than `most`.
  virtual std::string read(const std::string& path, std::uint64_t most) = 0;

  /// The names in a directory, sorted; refused where there are more than `most`.
  virtual std::vector<std::string> list(const std::string& directory, std::size_t most) = 0;

protected:
  /// Throws failure; an empty path is the whole snap.
  [[noreturn]] void refuse(const std::string& path, const std::string& why) const;
};

/// Opens a directory with an unpacked snap.
std::unique_ptr<snap_tree> open_directory_tree(const std::filesystem::path& directory);

/// Where a path leads once all links in it are followed.
struct followed_path {
  enum class end_kind : std::uint8_t {
    found,
    missing,  ///< Or a circle of links.
    outside,  ///< An absolute link: a file of the base, of which a snap's image knows nothing.
    climbing, ///< A relative link out of the snap.
  };
  end_kind end = end_kind::missing;
  tree_entry entry; ///< Set where it was found.
};

followed_path follow(snap_tree& tree, const std::string& path);

} // namespace troupe
