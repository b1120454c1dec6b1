#include <cstddef>
#include <cstdint>

#include "tests/fuzz/checks.hpp"

/// What libFuzzer calls with each input. An exception that leaves it counts as a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe::fuzz::TROUPE_CHECK({reinterpret_cast<const char*>(data), size});
  return 0;
}
