#include "runtime/store/arriving_image.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/stores.hpp"

namespace troupe {

std::string cannot_download(const download_source& what) {
  return "cannot download " + in_quotes(what.file) + " from store " + in_quotes(what.store);
}

arriving_image::arriving_image(const download_source& what, std::filesystem::path to,
                               advance_function advance)
    : what_{what},
      to_{std::move(to)},
      partial_{partial_download(to_)},
      advance_{std::move(advance)},
      out_{open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)} {
  if (!out_)
    host::throw_errno(cannot_download(what_) + ": " + as_one_line(partial_.native()));
  hash_what_is_there();
}

void arriving_image::hash_what_is_there() {
  std::string piece(256U << 10, '\0');
  for (;;) {
    auto got = pread(out_.get(), piece.data(), piece.size(), static_cast<off_t>(bytes_));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      host::throw_errno(cannot_download(what_));
    if (got == 0)
      break;
    bytes_ += static_cast<std::uint64_t>(got);
    if (bytes_ > what_.bytes)
      return restart();
    digest_.update({piece.data(), static_cast<std::size_t>(got)});
  }
  if (lseek(out_.get(), static_cast<off_t>(bytes_), SEEK_SET) < 0)
    host::throw_errno(cannot_download(what_));
}

void arriving_image::restart() {
  if (ftruncate(out_.get(), 0) != 0 || lseek(out_.get(), 0, SEEK_SET) != 0)
    host::throw_errno(cannot_download(what_));
  bytes_ = 0;
  digest_ = {};
}

void arriving_image::append(std::string_view piece) {
  if (piece.size() > what_.bytes - bytes_) {
    remove();
    throw failure{cannot_download(what_) + ": it is larger than the " + std::to_string(what_.bytes) +
                  " bytes that the index promises"};
  }
  try {
    host::write_all(out_.get(), piece, cannot_download(what_));
  } catch (const failure&) {
    remove(); // A full disk has no room for what can't go on.
    throw;
  }
  digest_.update(piece);
  bytes_ += piece.size();
  if (advance_)
    advance_(bytes_);
}

void arriving_image::finish() {
  if (auto digest = digest_.finish(); digest != what_.sha3_384) {
    remove();
    throw wrong_digest{cannot_download(what_) + ": its SHA3-384 digest is " + digest.substr(0, 12) +
                       "… instead of " + what_.sha3_384.substr(0, 12) +
                       "…: the file is damaged or isn't the one that the index is about"};
  }
  host::sync_descriptor(out_.get(), cannot_download(what_));
  host::rename_durably(partial_, to_);
}

void arriving_image::remove() {
  unlink(partial_.c_str());
  out_.close();
}

} // namespace troupe
