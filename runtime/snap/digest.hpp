#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A SHA3-384 digest that is computed bit by bit. Source: FIPS 202; it is how a store knows its images.
class sha3_384 {
public:
  sha3_384();
  ~sha3_384();
  sha3_384(sha3_384&&) noexcept;
  sha3_384& operator=(sha3_384&&) noexcept;

  void update(std::string_view bytes);

  /// 96 hexadecimal digits in lower case. To be called once, at the end.
  std::string finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string sha3_384_of(std::string_view bytes);

/// Throws failure where the file can't be read.
std::string sha3_384_of_file(const std::filesystem::path& file);

} // namespace troupe
