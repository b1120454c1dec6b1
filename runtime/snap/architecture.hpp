#pragma once

#include <string_view>

namespace troupe {

/// Debian's word for the architecture this program is built for, as in snap.yaml's `architectures`.
constexpr std::string_view host_architecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__i386__)
  return "i386";
#elif defined(__aarch64__)
  return "arm64";
#elif defined(__arm__)
  return "armhf";
#elif defined(__riscv)
  return "riscv64";
#elif defined(__powerpc64__)
  return "ppc64el";
#elif defined(__s390x__)
  return "s390x";
#else
#error "this architecture has no word yet"
#endif
}

} // namespace troupe
