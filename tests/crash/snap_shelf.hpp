#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "tests/support/temporary_root.hpp"

namespace troupe::crash {

/// Snaps packed once and installed in many worlds; used by many threads. The name says what one is:
/// base-X a base, X-on-base-Y an application on that base, bad-X one whose configure hook fails. The
/// others have an application, install and configure hooks that leave files, and a remove hook that
/// needs one; told to wait, the application does so. serving and serving-X have services too: job, which
/// ends at once, and web, which runs on after it; serving also one that endures refreshes. NAME@VERSION
/// is another version of NAME, whose post-refresh hook fails if that is "failing", and whose job does if
/// it is "ailing".
class snap_shelf {
public:
  /// Throws failure where it can't be packed.
  std::filesystem::path image(const std::string& name);

private:
  std::mutex guard_;
  test::temporary_root where_;
  std::map<std::string, std::filesystem::path> images_;
};

bool is_base(const std::string& snap);
bool has_services(const std::string& snap);
bool fails_late(const std::string& snap);

} // namespace troupe::crash
