#include "runtime/host/lock_file.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

/// The process id in the file, or "unknown" while the other daemon is just writing it.
std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
  const std::string_view content{text.data(), length < 0 ? 0 : static_cast<std::size_t>(length)};
  const std::string_view digits = content.substr(0, content.find_first_not_of("0123456789"));
  return digits.empty() ? "unknown" : std::string{digits};
}

} // namespace

lock_file::lock_file(const std::filesystem::path& file, const std::filesystem::path& root)
    // Readable by nobody else, because whoever may open it could lock it.
    : descriptor_{open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)} {
  const std::string what = "cannot use root " + root.string();
  if (!descriptor_)
    throw_errno(what + ": " + file.string());
  if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      throw_errno(what);
    throw failure{failure_kind::unavailable,
                  what + ": another daemon (pid " + holder(descriptor_.get()) + ") is running on it"};
  }
  if (ftruncate(descriptor_.get(), 0) != 0)
    throw_errno(what);
  write_all(descriptor_.get(), std::to_string(getpid()) + "\n", what);
}

} // namespace troupe::host
