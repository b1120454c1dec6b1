#include "runtime/store/minisign.hpp"

#include <sodium.h>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/minisign_text.hpp"

namespace troupe::minisign {

namespace {

constexpr std::string_view legacy = "Ed";
constexpr std::string_view prehashed = "ED";
constexpr std::size_t public_bytes = 2 + key_id_bytes + crypto_sign_PUBLICKEYBYTES;
constexpr std::size_t signature_bytes = 2 + key_id_bytes + crypto_sign_BYTES;

std::string_view algorithm_of(const bytes& raw) {
  return {reinterpret_cast<const char*>(raw.data()), 2};
}

bool is_signed(const public_key& key, const unsigned char* signature, const unsigned char* text,
               std::size_t size) {
  return crypto_sign_verify_detached(signature, text, size, key.key.data()) == 0;
}

} // namespace

std::string to_text(const public_key& key) {
  bytes raw(legacy.begin(), legacy.end());
  raw.insert(raw.end(), key.id.begin(), key.id.end());
  raw.insert(raw.end(), key.key.begin(), key.key.end());
  return to_base64(raw);
}

public_key public_key_from(std::string_view text) {
  auto lines = lines_of(text, 2);
  if (lines.size() == 2 && lines[0].starts_with(untrusted_prefix))
    text = lines[1];
  auto raw = from_base64(text, public_bytes);
  if (!raw || algorithm_of(*raw) != legacy)
    throw failure{"cannot read public key " + in_quotes(text) +
                  ": it must be the second line of a .pub file, 56 characters that begin with RW"};
  public_key result;
  auto at = raw->begin() + 2;
  std::copy_n(at, result.id.size(), result.id.begin());
  std::copy_n(at + key_id_bytes, result.key.size(), result.key.begin());
  return result;
}

std::string public_key_file(const public_key& key) {
  return std::string{untrusted_prefix} + "minisign public key " + shown_id(key.id.data()) + "\n" +
         to_text(key) + "\n";
}

std::string verify(const public_key& key, std::string_view text, std::string_view signature_file) {
  prepare();
  auto lines = lines_of(signature_file, 4);
  if (lines.size() != 4 || !lines[0].starts_with(untrusted_prefix) ||
      !lines[2].starts_with(trusted_prefix))
    throw failure{"it is no file of minisign's, or is cut off"};
  auto raw = from_base64(lines[1], signature_bytes);
  auto global = from_base64(lines[3], crypto_sign_BYTES);
  if (!raw || !global || (algorithm_of(*raw) != legacy && algorithm_of(*raw) != prehashed))
    throw failure{"it is malformed"};
  const auto* id = raw->data() + 2;
  if (!std::equal(key.id.begin(), key.id.end(), id))
    throw failure{"it is of another key (" + shown_id(id) + " instead of " + shown_id(key.id.data()) +
                  ")"};
  const auto* signature = id + key_id_bytes;
  bytes message(text.begin(), text.end());
  if (algorithm_of(*raw) == prehashed)
    message = hashed(text);
  if (!is_signed(key, signature, message.data(), message.size()))
    throw failure{"it doesn't match what it is said to sign"};
  auto comment = lines[2].substr(trusted_prefix.size());
  bytes commented(signature, signature + crypto_sign_BYTES);
  commented.insert(commented.end(), comment.begin(), comment.end());
  if (!is_signed(key, global->data(), commented.data(), commented.size()))
    throw failure{"its trusted comment was changed"};
  return std::string{comment};
}

} // namespace troupe::minisign
