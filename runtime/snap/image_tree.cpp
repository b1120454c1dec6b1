#include "runtime/snap/image_tree.hpp"

#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir.h>
#include <sqfs/dir_reader.h>
#include <sqfs/inode.h>
#include <sqfs/super.h>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/squashfs_file.hpp"

namespace troupe {

namespace {

struct free_deleter {
  void operator()(void* memory) const { sqfs_free(memory); }
};

using inode_ptr = std::unique_ptr<sqfs_inode_generic_t, free_deleter>;

std::string why(int error) {
  switch (error) {
  case SQFS_ERROR_ALLOC:
    return "out of memory";
  case SQFS_ERROR_IO:
    return "input/output error";
  case SQFS_ERROR_UNSUPPORTED:
    return "it uses a feature that isn't supported";
  default:
    return "it is damaged (libsquashfs error " + std::to_string(error) + ")";
  }
}

entry_kind kind_of(const sqfs_inode_generic_t& inode) {
  switch (inode.base.type) {
  case SQFS_INODE_DIR:
  case SQFS_INODE_EXT_DIR:
    return entry_kind::directory;
  case SQFS_INODE_FILE:
  case SQFS_INODE_EXT_FILE:
    return entry_kind::file;
  case SQFS_INODE_SLINK:
  case SQFS_INODE_EXT_SLINK:
    return entry_kind::link;
  default:
    return entry_kind::other;
  }
}

std::string target_of(const sqfs_inode_generic_t& inode) {
  auto size = inode.base.type == SQFS_INODE_SLINK ? inode.data.slink.target_size
                                                  : inode.data.slink_ext.target_size;
  return {reinterpret_cast<const char*>(inode.extra),
          std::min<std::size_t>(size, inode.payload_bytes_used)};
}

class image_tree final : public snap_tree {
public:
  image_tree(std::string name, squashfs_ptr<sqfs_file_t> file, const sqfs_super_t& super,
             squashfs_ptr<sqfs_compressor_t> compressor)
      : name_{std::move(name)},
        file_{std::move(file)},
        super_{super},
        compressor_{std::move(compressor)},
        directories_{sqfs_dir_reader_create(&super_, compressor_.get(), file_.get(), 0)},
        data_{sqfs_data_reader_create(file_.get(), super.block_size, compressor_.get(), 0)} {
    if (!directories_ || !data_)
      refuse({}, why(SQFS_ERROR_ALLOC));
    check({}, sqfs_data_reader_load_fragment_table(data_.get(), &super));
    sqfs_inode_generic_t* root = nullptr;
    check({}, sqfs_dir_reader_get_root_inode(directories_.get(), &root));
    root_.reset(root);
  }

  const std::string& name() const override { return name_; }

  std::optional<tree_entry> stat(const std::string& path) override {
    auto inode = find(path);
    if (!inode)
      return std::nullopt;
    tree_entry entry{
        .kind = kind_of(*inode), .mode = inode->base.mode & 07777U, .bytes = 0, .target = {}};
    if (entry.kind == entry_kind::file)
      entry.bytes = size_of(path, *inode);
    else if (entry.kind == entry_kind::link)
      entry.target = target_of(*inode);
    return entry;
  }

  std::string read(const std::string& path, std::uint64_t most) override {
    auto inode = found(path);
    auto size = size_of(path, *inode);
    if (size > most)
      refuse(path, "it is larger than " + std::to_string(most) + " bytes");
    std::string result(size, '\0');
    for (std::uint64_t at = 0; at < size;) {
      auto wanted = static_cast<sqfs_u32>(std::min<std::uint64_t>(size - at, 1U << 20));
      auto count = sqfs_data_reader_read(data_.get(), inode.get(), at, result.data() + at, wanted);
      check(path, count);
      if (count == 0)
        refuse(path, why(SQFS_ERROR_CORRUPTED));
      at += static_cast<std::uint64_t>(count);
    }
    return result;
  }

  std::vector<std::string> list(const std::string& directory, std::size_t most) override {
    auto inode = found(directory);
    check(directory, sqfs_dir_reader_open_dir(directories_.get(), inode.get(), 0));
    std::vector<std::string> names;
    for (;;) {
      sqfs_dir_entry_t* next = nullptr;
      auto result = sqfs_dir_reader_read(directories_.get(), &next);
      std::unique_ptr<sqfs_dir_entry_t, free_deleter> entry{next};
      check(directory, result);
      if (result > 0)
        break;
      if (names.size() == most)
        refuse(directory, "it has more than " + std::to_string(most) + " entries");
      // The size is stored less one.
      names.emplace_back(reinterpret_cast<const char*>(entry->name), entry->size + 1U);
    }
    std::ranges::sort(names);
    return names;
  }

private:
  inode_ptr find(const std::string& path) {
    sqfs_inode_generic_t* inode = nullptr;
    auto result = sqfs_dir_reader_find_by_path(directories_.get(), root_.get(), path.c_str(), &inode);
    if (result == SQFS_ERROR_NO_ENTRY || result == SQFS_ERROR_NOT_DIR)
      return nullptr;
    check(path, result);
    return inode_ptr{inode};
  }

  inode_ptr found(const std::string& path) {
    auto inode = find(path);
    if (!inode)
      refuse(path, "it is missing");
    return inode;
  }

  std::uint64_t size_of(const std::string& path, const sqfs_inode_generic_t& inode) const {
    sqfs_u64 size = 0;
    check(path, sqfs_inode_get_file_size(&inode, &size));
    return size;
  }

  void check(const std::string& path, int result) const {
    if (result < 0)
      refuse(path, why(result));
  }

  std::string name_;
  squashfs_ptr<sqfs_file_t> file_;
  sqfs_super_t super_; ///< The directory reader keeps a pointer to it.
  squashfs_ptr<sqfs_compressor_t> compressor_;
  squashfs_ptr<sqfs_dir_reader_t> directories_;
  squashfs_ptr<sqfs_data_reader_t> data_;
  inode_ptr root_;
};

sqfs_super_t read_super(const std::string& name, sqfs_file_t* file) {
  sqfs_super_t super{};
  auto result = sqfs_super_read(&super, file);
  if (result == SFQS_ERROR_SUPER_MAGIC || result == SQFS_ERROR_OUT_OF_BOUNDS)
    throw failure{failure_kind::snap_not_a_snap, "cannot read " + name + ": not a squashfs image"};
  if (result < 0)
    throw failure{"cannot read " + name + ": " + why(result)};
  auto bytes = file->get_size(file);
  if (super.bytes_used > bytes)
    throw failure{"cannot read " + name + ": it is truncated: " + std::to_string(bytes) + " of " +
                  std::to_string(super.bytes_used) + " bytes are there"};
  // libsquashfs allocates the table of fragments before it finds out that it isn't there.
  auto fragments = super.fragment_entry_count;
  if (fragments > super.bytes_used || fragments > limits::snap_image_fragments)
    throw failure{"cannot read " + name + ": it is damaged: it claims to have " +
                  std::to_string(fragments) + " fragments"};
  return super;
}

/// Null where libsquashfs was built without this compression, or can't do its options.
squashfs_ptr<sqfs_compressor_t> make_compressor(const sqfs_super_t& super, sqfs_file_t* file) {
  sqfs_compressor_config_t config{};
  auto id = static_cast<SQFS_COMPRESSOR>(super.compression_id);
  sqfs_compressor_t* made = nullptr;
  if (sqfs_compressor_config_init(&config, id, super.block_size, SQFS_COMP_FLAG_UNCOMPRESS) < 0 ||
      sqfs_compressor_create(&config, &made) < 0)
    return nullptr;
  squashfs_ptr<sqfs_compressor_t> compressor{made};
  bool has_options = super.flags & SQFS_FLAG_COMPRESSOR_OPTIONS;
  if (has_options && compressor->read_options(compressor.get(), file) < 0)
    return nullptr;
  return compressor;
}

} // namespace

std::unique_ptr<snap_tree> open_image_tree(const std::filesystem::path& image) {
  auto name = "snap file " + in_quotes(image.native());
  auto file = open_squashfs_file(image);
  auto super = read_super(name, file.get());
  auto compressor = make_compressor(super, file.get());
  if (!compressor)
    return open_unsquashfs_tree(image);
  return std::make_unique<image_tree>(name, std::move(file), super, std::move(compressor));
}

} // namespace troupe
