#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace troupe {

/// A regular file's content. Throws failure `cannot read FILE: …`: not_found where there is none, and
/// bad_request where it has more than `most` bytes.
std::string read_small_file(const std::filesystem::path& file, std::size_t most);

/// As read_small_file; nothing where there is no such file.
std::optional<std::string> read_if_there(const std::filesystem::path& file, std::size_t most);

} // namespace troupe
