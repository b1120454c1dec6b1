#include "runtime/host/lock_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

/// The process id in the file, or empty while the other daemon is just writing it.
std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
  const std::string_view content{text.data(), length < 0 ? 0 : static_cast<std::size_t>(length)};
  return std::string{content.substr(0, content.find_first_not_of("0123456789"))};
}

bool is_dead(const std::string& pid) {
  pid_t number = 0;
  const auto [end, error] = std::from_chars(pid.data(), pid.data() + pid.size(), number);
  return error == std::errc{} && number > 0 && kill(number, 0) != 0 && errno == ESRCH;
}

/// Takes the lock; 0, or the error, which is EWOULDBLOCK if another process keeps it. A daemon that was
/// killed as it started a program has left its lock to a child that is just about to run that program,
/// and the kernel tells nobody with a time limit when it does: so this looks again.
int take(int descriptor) {
  const auto until = std::chrono::steady_clock::now() + limits::left_lock_wait;
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error != EWOULDBLOCK || !is_dead(holder(descriptor)) || std::chrono::steady_clock::now() > until)
      return error;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return 0;
}

} // namespace

lock_file::lock_file(const std::filesystem::path& file, const std::filesystem::path& root)
    // Readable by nobody else, because whoever may open it could lock it.
    : descriptor_{open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)} {
  const std::string what = "cannot use root " + root.string();
  if (!descriptor_)
    throw_errno(what + ": " + file.string());
  if (const int error = take(descriptor_.get()); error != 0) {
    if (error != EWOULDBLOCK)
      throw system_failure(what, error);
    const std::string pid = holder(descriptor_.get());
    throw failure{failure_kind::unavailable, what + ": another daemon (pid " +
                                                 (pid.empty() ? "unknown" : pid) + ") is running on it"};
  }
  if (ftruncate(descriptor_.get(), 0) != 0)
    throw_errno(what);
  write_all(descriptor_.get(), std::to_string(getpid()) + "\n", what);
}

} // namespace troupe::host
