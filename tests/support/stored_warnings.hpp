#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace troupe::test {

/// Puts warnings into the journal below a root, a second apart and the last one a minute ago, as if a
/// daemon had added them. No daemon may be running there.
void store_warnings(const std::filesystem::path& root, const std::vector<std::string>& messages);

/// The same for a notice that only this user gets.
void store_notice(const std::filesystem::path& root, std::uint32_t uid, const std::string& key);

} // namespace troupe::test
