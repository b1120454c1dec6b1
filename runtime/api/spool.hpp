#pragma once

#include <filesystem>
#include <vector>

#include "runtime/api/multipart.hpp"
#include "runtime/api/owned_fd.hpp"
#include "runtime/api/request.hpp"

namespace troupe {

/// Files of the spool that are deleted with their owner unless they were kept.
class spooled_files {
public:
  spooled_files() = default;
  spooled_files(spooled_files&&) noexcept = default;
  spooled_files& operator=(spooled_files&& other) noexcept;
  ~spooled_files();

  void add(const std::filesystem::path& file) { files_.push_back(file); }
  void keep(const std::filesystem::path& file) { std::erase(files_, file); }

private:
  std::vector<std::filesystem::path> files_;
};

/// Writes the files of a form to the spool as they arrive, each to a file of its own (mode 0600), and
/// keeps its plain fields in memory, each at most limits::multipart_field_bytes.
/// Its callbacks throw failure: too_large for a field, insufficient_space for a full disk, internal for
/// another fault of the disk. What was written is deleted with the spool unless it was taken.
class upload_spool final : public multipart_sink {
public:
  explicit upload_spool(std::filesystem::path directory) : directory_{std::move(directory)} {}

  void begin_part(const std::string& name, const std::optional<std::string>& filename) override;
  void data(std::string_view bytes) override;
  void end_part() override;

  /// Hands out the parts and their files.
  std::pair<std::vector<form_part>, spooled_files> take() {
    return {std::move(parts_), std::move(files_)};
  }

private:
  [[noreturn]] void fail(int error_number) const;

  std::filesystem::path directory_;
  std::vector<form_part> parts_;
  spooled_files files_;
  owned_fd file_;
};

} // namespace troupe
