#include "runtime/snap/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

constexpr std::size_t read_bytes = 256U << 10;

void check(int result) {
  if (result != 1)
    throw failure{failure_kind::internal, "cannot compute a SHA3-384 digest: libcrypto refuses to"};
}

} // namespace

struct sha3_384::state {
  struct deleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, deleter> context{EVP_MD_CTX_new()};
};

sha3_384::sha3_384() : state_{std::make_unique<state>()} {
  check(state_->context ? EVP_DigestInit_ex(state_->context.get(), EVP_sha3_384(), nullptr) : 0);
}

sha3_384::~sha3_384() = default;
sha3_384::sha3_384(sha3_384&&) noexcept = default;
sha3_384& sha3_384::operator=(sha3_384&&) noexcept = default;

void sha3_384::update(std::string_view bytes) {
  check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string sha3_384::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size));
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 15U];
  }
  return text;
}

std::string sha3_384_of(std::string_view bytes) {
  sha3_384 digest;
  digest.update(bytes);
  return digest.finish();
}

std::string sha3_384_of_file(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  sha3_384 digest;
  std::string buffer(read_bytes, '\0');
  while (stream) {
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digest.update({buffer.data(), static_cast<std::size_t>(stream.gcount())});
  }
  if (!stream.eof())
    throw failure{failure_kind::internal,
                  "cannot read " + in_quotes(file.native()) + ": " + std::strerror(errno)};
  return digest.finish();
}

} // namespace troupe
