#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the files of minisign consist of.
namespace troupe::minisign {

using bytes = std::vector<unsigned char>;

inline constexpr std::string_view untrusted_prefix = "untrusted comment: ";
inline constexpr std::string_view trusted_prefix = "trusted comment: ";

/// Makes libsodium ready; may be called often. Throws failure where it can't be.
void prepare();

std::string to_base64(const bytes& raw);

/// Nothing where the text isn't base64, or not of exactly so many bytes.
std::optional<bytes> from_base64(std::string_view text, std::size_t size);

/// The lines of a small file, without line ends; at most `most` are cut off the rest.
std::vector<std::string_view> lines_of(std::string_view text, std::size_t most);

/// An id as people see it, sixteen hexadecimal digits.
std::string shown_id(const unsigned char* id);

/// BLAKE2b-512, over which prehashed signatures are made.
bytes hashed(std::string_view text);

} // namespace troupe::minisign
