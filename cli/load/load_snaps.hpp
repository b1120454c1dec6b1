#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::load {

/// Every snap of a load has this before the rest of its name, and no other snap is touched.
inline constexpr std::string_view name_prefix = "troupe-load-";

struct load_snap {
  std::string name;
  bool needs_base = false;       ///< It runs on snap number 0.
  std::filesystem::path image;   ///< Installs well.
  std::filesystem::path failing; ///< Same name; its install hook fails. Empty for the base.
};

/// Real snaps in a directory of their own, which goes with this object. Number 0 is a base; of the
/// others some have an application, some hooks, and every third runs on the base.
class load_snaps {
public:
  /// Packs the base and `apps` others. The seed decides what their data is; `told` gets how many are
  /// packed. Throws failure, for instance where mksquashfs is missing.
  load_snaps(std::size_t apps, std::uint64_t seed, const std::function<void(std::size_t)>& told = {});
  load_snaps(const load_snaps&) = delete;
  load_snaps& operator=(const load_snaps&) = delete;
  ~load_snaps();

  const std::vector<load_snap>& all() const { return snaps_; }

private:
  std::filesystem::path directory_;
  std::vector<load_snap> snaps_;
};

} // namespace troupe::load
