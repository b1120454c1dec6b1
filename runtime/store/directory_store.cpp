#include "runtime/store/directory_store.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "messages/failure.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/arriving_image.hpp"

namespace troupe {

namespace {

constexpr std::size_t piece_bytes = 1U << 20;

host::file_descriptor open_image(const std::filesystem::path& file, const download_source& what) {
  host::file_descriptor in{open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (!in || fstat(in.get(), &status) != 0)
    throw failure{cannot_download(what) + ": " + as_one_line(file.native()) + ": " +
                  std::generic_category().message(errno)};
  if (!S_ISREG(status.st_mode))
    throw failure{cannot_download(what) + ": " + as_one_line(file.native()) + " is no regular file"};
  if (auto bytes = static_cast<std::uint64_t>(status.st_size); bytes != what.bytes)
    throw failure{cannot_download(what) + ": it has " + std::to_string(bytes) +
                  " bytes instead of the " + std::to_string(what.bytes) + " that the index promises"};
  return in;
}

} // namespace

std::string directory_store::read_file(const std::string& file, std::size_t most, std::stop_token) {
  return read_small_file(directory_ / file, most);
}

void directory_store::download(const download_source& what, const std::filesystem::path& to,
                               const std::function<void(std::uint64_t)>& advance, std::stop_token stop) {
  auto in = open_image(directory_ / what.file, what);
  arriving_image image{what, to, advance};
  // It is quicker to read it once than to find out whether what is there is the same.
  image.restart();
  std::string piece(piece_bytes, '\0');
  while (!image.is_whole()) {
    if (stop.stop_requested())
      throw failure{failure_kind::internal, cannot_download(what) + ": stopped"};
    auto got = read(in.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      host::throw_errno(cannot_download(what));
    if (got == 0)
      throw failure{failure_kind::unavailable, cannot_download(what) + ": it shrinks while it is read"};
    image.append({piece.data(), static_cast<std::size_t>(got)});
  }
  image.finish();
}

} // namespace troupe
