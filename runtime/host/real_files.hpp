#pragma once

#include "runtime/host/files.hpp"

namespace troupe::host {

/// The host's own file system. Has no state: any number of threads may use one.
class real_files : public files {
public:
  void place_image(const path& from, const path& to) override;
  void copy_tree(const path& from, const path& to) override;
  void remove_file(const path& file) override;
  void remove_tree(const path& tree) override;
  bool make_dirs(const path& directory, mode_t mode) override;
  void make_link(const path& target, const path& link) override;
  std::optional<std::string> read_link(const path& link) override;
  void write_file(const path& file, std::string_view text, mode_t mode) override;
  bool holds(const path& file, std::string_view text) override;
  void rename(const path& from, const path& to) override;
  bool exists(const path& file) override;
  std::vector<std::string> list(const path& directory) override;
  std::uint64_t free_bytes(const path& directory) override;
  void sync_file(const path& file) override;
  void sync_dir(const path& directory) override;
};

} // namespace troupe::host
