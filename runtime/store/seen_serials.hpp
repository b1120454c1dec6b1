#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace troupe {

/// Remembers how new the index of each store was, so that nobody can show an older one again. It is kept
/// in a small file. Each function may be used from any thread.
class seen_serials {
public:
  explicit seen_serials(std::filesystem::path file);

  /// Notes a serial. `store`: what makes it this store, its name and its key or location. Throws failure
  /// with nothing but the reason where a higher one was seen, or where the file can't be read or
  /// written.
  void note(const std::string& store, std::uint64_t serial);

private:
  void load();
  void save() const;

  std::filesystem::path file_;
  std::mutex guard_;
  bool is_loaded_ = false;
  std::map<std::string, std::uint64_t> seen_;
};

} // namespace troupe
