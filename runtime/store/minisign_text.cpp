#include "runtime/store/minisign_text.hpp"

#include <sodium.h>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/store/minisign.hpp"

namespace troupe::minisign {

void prepare() {
  static const int result = sodium_init();
  if (result < 0)
    throw failure{failure_kind::internal, "cannot sign or check signatures: libsodium doesn't start"};
}

std::string to_base64(const bytes& raw) {
  std::string text(sodium_base64_encoded_len(raw.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), raw.data(), raw.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back(); // Its end in C.
  return text;
}

std::optional<bytes> from_base64(std::string_view text, std::size_t size) {
  bytes raw(size);
  std::size_t length = 0;
  if (sodium_base642bin(raw.data(), raw.size(), text.data(), text.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length != size)
    return std::nullopt;
  return raw;
}

std::vector<std::string_view> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < most) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

// The number is stored with its lowest byte first.
std::string shown_id(const unsigned char* id) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (auto at = key_id_bytes; at-- > 0;) {
    text += digits[id[at] >> 4U];
    text += digits[id[at] & 15U];
  }
  return text;
}

bytes hashed(std::string_view text) {
  bytes result(crypto_generichash_BYTES_MAX);
  crypto_generichash(result.data(), result.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return result;
}

} // namespace troupe::minisign
