#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

/// Ed25519 keys and detached signatures in the files of minisign, so that either program can check what
/// the other has signed. Source: https://jedisct1.github.io/minisign/, "Signature format" and "key
/// format".
namespace troupe::minisign {

inline constexpr std::size_t key_id_bytes = 8;

/// Tells keys apart; drawn at random.
using key_id = std::array<unsigned char, key_id_bytes>;

struct public_key {
  key_id id{};
  std::array<unsigned char, 32> key{};

  bool operator==(const public_key&) const = default;
};

/// The key's one line, as in stores.yaml: 56 characters that begin with RW.
std::string to_text(const public_key& key);

/// Reads such a line, or a whole file of minisign's. Throws failure `cannot read public key "x": …`.
public_key public_key_from(std::string_view text);

/// The content of a .pub file.
std::string public_key_file(const public_key& key);

/// Checks a signature file, prehashed or legacy, and its trusted comment; returns that comment. Throws
/// failure with nothing but the reason: "it is signed by another key (…)".
std::string verify(const public_key& key, std::string_view text, std::string_view signature_file);

/// A secret key; its memory is wiped at the end.
class secret_key {
public:
  static secret_key generate();

  /// Reads a secret key's file. An encrypted one takes the passphrase. Throws failure `cannot read
  /// secret key FILE: …`, also where other users may read the file.
  static secret_key read(const std::filesystem::path& file, std::string_view passphrase);

  secret_key(secret_key&& other) noexcept;
  secret_key& operator=(secret_key&&) = delete;
  ~secret_key();

  /// Writes the file with mode 0600, encrypted unless the passphrase is empty. Throws failure; also
  /// where something of that name is there.
  void write(const std::filesystem::path& file, std::string_view passphrase) const;

  public_key public_part() const;

  /// The content of a signature file, prehashed.
  std::string sign(std::string_view text, std::string_view trusted_comment) const;

private:
  secret_key() = default;

  key_id id_{};
  std::array<unsigned char, 64> key_{};
};

} // namespace troupe::minisign
