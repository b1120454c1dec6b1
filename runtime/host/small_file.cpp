#include "runtime/host/small_file.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "messages/failure.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe {

std::optional<std::string> read_if_there(const std::filesystem::path& file, std::size_t most) {
  auto what = "cannot read \"" + file.native() + "\"";
  // Not to wait for ever where the file is a pipe.
  const host::file_descriptor in{open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!in && (errno == ENOENT || errno == ENOTDIR))
    return std::nullopt;
  struct stat status {};
  if (!in || fstat(in.get(), &status) != 0)
    host::throw_errno(what);
  if (!S_ISREG(status.st_mode))
    throw failure{what + ": it is no regular file"};
  std::string text;
  while (text.size() <= most) {
    constexpr std::size_t piece_bytes = 256U << 10;
    auto had = text.size();
    text.resize(had + std::min(piece_bytes, most + 1 - had));
    auto got = ::read(in.get(), text.data() + had, text.size() - had);
    if (got < 0 && errno != EINTR)
      host::throw_errno(what);
    text.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0)
      return text;
  }
  throw failure{what + ": it is larger than " + std::to_string(most) + " bytes"};
}

std::string read_small_file(const std::filesystem::path& file, std::size_t most) {
  auto text = read_if_there(file, most);
  if (!text)
    throw failure{failure_kind::not_found,
                  "cannot read \"" + file.native() + "\": there is no such file"};
  return std::move(*text);
}

} // namespace troupe
