#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/minisign.hpp"
#include "runtime/store/minisign_text.hpp"

namespace troupe::minisign {

namespace {

constexpr std::string_view signing = "Ed";
constexpr std::string_view prehashed = "ED";
constexpr std::string_view by_scrypt = "Sc";
constexpr std::string_view by_nothing{"\0\0", 2};
constexpr std::string_view checksum_kind = "B2";

// Where the parts of a secret key's file lie. Source: minisign, "Secret key format".
constexpr std::size_t salt_at = 6;
constexpr std::size_t operations_at = salt_at + crypto_pwhash_scryptsalsa208sha256_SALTBYTES;
constexpr std::size_t memory_at = operations_at + 8;
constexpr std::size_t id_at = memory_at + 8;
constexpr std::size_t key_at = id_at + key_id_bytes;
constexpr std::size_t checksum_at = key_at + crypto_sign_SECRETKEYBYTES;
constexpr std::size_t checksum_bytes = 32;
constexpr std::size_t whole_bytes = checksum_at + checksum_bytes;

// More would let a hostile key file eat this machine's memory.
constexpr std::uint64_t most_memory_bytes = crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE;
constexpr std::uint64_t most_operations = crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE;

/// The raw content of a secret key's file; wiped at the end.
struct secret_bytes {
  bytes raw = bytes(whole_bytes);

  explicit secret_bytes(bytes from = bytes(whole_bytes)) : raw{std::move(from)} {}
  secret_bytes(const secret_bytes&) = delete;
  secret_bytes& operator=(const secret_bytes&) = delete;
  ~secret_bytes() { sodium_memzero(raw.data(), raw.size()); }

  std::string_view word(std::size_t at) const {
    return {reinterpret_cast<const char*>(raw.data() + at), 2};
  }
  void put(std::size_t at, std::string_view word) {
    std::copy(word.begin(), word.end(), raw.begin() + at);
  }

  std::uint64_t number(std::size_t at) const {
    std::uint64_t result = 0;
    for (std::size_t i = 8; i-- > 0;)
      result = result << 8U | raw[at + i];
    return result;
  }
  void put_number(std::size_t at, std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i)
      raw[at + i] = static_cast<unsigned char>(number >> (8 * i));
  }

  bytes checksum() const {
    bytes result(checksum_bytes);
    bytes covered(raw.begin(), raw.begin() + 2);
    covered.insert(covered.end(), raw.begin() + id_at, raw.begin() + checksum_at);
    crypto_generichash(result.data(), result.size(), covered.data(), covered.size(), nullptr, 0);
    sodium_memzero(covered.data(), covered.size());
    return result;
  }

  /// Encrypts and decrypts. Returns false where the memory for it isn't to be had.
  bool mix_with(std::string_view passphrase) {
    bytes stream(whole_bytes - id_at);
    if (crypto_pwhash_scryptsalsa208sha256(stream.data(), stream.size(), passphrase.data(),
                                           passphrase.size(), raw.data() + salt_at,
                                           number(operations_at), number(memory_at)) != 0)
      return false;
    for (std::size_t i = 0; i < stream.size(); ++i)
      raw[id_at + i] ^= stream[i];
    sodium_memzero(stream.data(), stream.size());
    return true;
  }
};

void decrypt(secret_bytes& secret, std::string_view passphrase, const std::string& what) {
  if (passphrase.empty())
    throw failure{what + "it is encrypted; give its passphrase with --passphrase-file"};
  if (secret.number(operations_at) > most_operations || secret.number(memory_at) > most_memory_bytes)
    throw failure{what + "decrypting it would take more than 1 GiB of memory"};
  if (!secret.mix_with(passphrase))
    throw failure{failure_kind::internal, what + "there is too little memory to decrypt it"};
}

} // namespace

secret_key::secret_key(secret_key&& other) noexcept : id_{other.id_}, key_{other.key_} {
  sodium_memzero(other.key_.data(), other.key_.size());
}

secret_key::~secret_key() { sodium_memzero(key_.data(), key_.size()); }

secret_key secret_key::generate() {
  prepare();
  secret_key result;
  randombytes_buf(result.id_.data(), result.id_.size());
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
  crypto_sign_keypair(open.data(), result.key_.data());
  return result;
}

secret_key secret_key::read(const std::filesystem::path& file, std::string_view passphrase) {
  prepare();
  auto what = "cannot read secret key " + in_quotes(file.native()) + ": ";
  struct stat status {};
  if (stat(file.c_str(), &status) != 0)
    throw host::system_failure(what.substr(0, what.size() - 2), errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw failure{what + "other users may read it; run: chmod 600 " + as_one_line(file.native())};
  auto text = read_small_file(file, limits::store_key_file_bytes);
  auto lines = lines_of(text, 2);
  auto raw = lines.size() == 2 ? from_base64(lines[1], whole_bytes) : std::nullopt;
  sodium_memzero(text.data(), text.size());
  if (!raw)
    throw failure{what + "it is no secret key of minisign's"};
  secret_bytes secret{std::move(*raw)};
  if (secret.word(0) != signing || secret.word(4) != checksum_kind ||
      (secret.word(2) != by_scrypt && secret.word(2) != by_nothing))
    throw failure{what + "it is a sort of secret key that isn't known here"};
  bool is_encrypted = secret.word(2) == by_scrypt;
  if (is_encrypted)
    decrypt(secret, passphrase, what);
  auto sum = secret.checksum();
  if (!std::equal(sum.begin(), sum.end(), secret.raw.begin() + checksum_at))
    throw failure{what + (is_encrypted ? "the passphrase is wrong" : "it is damaged")};
  secret_key result;
  std::copy_n(secret.raw.begin() + id_at, result.id_.size(), result.id_.begin());
  std::copy_n(secret.raw.begin() + key_at, result.key_.size(), result.key_.begin());
  return result;
}

void secret_key::write(const std::filesystem::path& file, std::string_view passphrase) const {
  auto what = "cannot write secret key " + in_quotes(file.native());
  secret_bytes secret;
  secret.put(0, signing);
  secret.put(2, passphrase.empty() ? by_nothing : by_scrypt);
  secret.put(4, checksum_kind);
  std::copy(id_.begin(), id_.end(), secret.raw.begin() + id_at);
  std::copy(key_.begin(), key_.end(), secret.raw.begin() + key_at);
  std::ranges::copy(secret.checksum(), secret.raw.begin() + checksum_at);
  if (!passphrase.empty()) {
    randombytes_buf(secret.raw.data() + salt_at, operations_at - salt_at);
    secret.put_number(operations_at, crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_INTERACTIVE * 8);
    secret.put_number(memory_at, crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_INTERACTIVE * 4);
    if (!secret.mix_with(passphrase))
      throw failure{failure_kind::internal, what + ": there is too little memory to encrypt it"};
  }
  auto text = std::string{untrusted_prefix} + "minisign " + (passphrase.empty() ? "" : "encrypted ") +
              "secret key\n" + to_base64(secret.raw) + "\n";
  const host::file_descriptor out{open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!out)
    host::throw_errno(what);
  host::write_all(out.get(), text, what);
  host::sync_descriptor(out.get(), what);
  host::sync_parent(file);
  sodium_memzero(text.data(), text.size());
}

public_key secret_key::public_part() const {
  public_key result;
  result.id = id_;
  crypto_sign_ed25519_sk_to_pk(result.key.data(), key_.data());
  return result;
}

std::string secret_key::sign(std::string_view text, std::string_view trusted_comment) const {
  bytes raw(prehashed.begin(), prehashed.end());
  raw.insert(raw.end(), id_.begin(), id_.end());
  auto hash = hashed(text);
  bytes commented(crypto_sign_BYTES);
  crypto_sign_detached(commented.data(), nullptr, hash.data(), hash.size(), key_.data());
  raw.insert(raw.end(), commented.begin(), commented.end());
  commented.insert(commented.end(), trusted_comment.begin(), trusted_comment.end());
  bytes global(crypto_sign_BYTES);
  crypto_sign_detached(global.data(), nullptr, commented.data(), commented.size(), key_.data());
  return std::string{untrusted_prefix} + "signature of a troupe store\n" + to_base64(raw) + "\n" +
         std::string{trusted_prefix} + std::string{trusted_comment} + "\n" + to_base64(global) + "\n";
}

} // namespace troupe::minisign
