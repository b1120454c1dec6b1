#include "runtime/api/spool.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

spooled_files& spooled_files::operator=(spooled_files&& other) noexcept {
  std::swap(files_, other.files_);
  return *this;
}

spooled_files::~spooled_files() {
  for (const auto& file : files_) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
}

void upload_spool::begin_part(const std::string& name, const std::optional<std::string>& filename) {
  parts_.push_back({.name = name, .filename = filename.value_or(""), .value = {}, .file = {}});
  if (!filename)
    return;
  auto pattern = (directory_ / "upload-XXXXXX").string();
  file_ = owned_fd{::mkostemp(pattern.data(), O_CLOEXEC)};
  if (!file_)
    fail(errno);
  parts_.back().file = pattern;
  files_.add(pattern);
}

void upload_spool::data(std::string_view bytes) {
  auto& part = parts_.back();
  part.bytes += bytes.size();
  if (!file_) {
    if (part.bytes > limits::multipart_field_bytes)
      throw failure{failure_kind::too_large,
                    "cannot read form: field \"" + part.name + "\" is longer than " +
                        std::to_string(limits::multipart_field_bytes) + " bytes"};
    part.value.append(bytes);
    return;
  }
  while (!bytes.empty()) {
    auto written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail(errno);
  }
}

void upload_spool::end_part() {
  // Some file systems tell of a full disk no sooner than here.
  if (file_ && ::close(file_.release()) != 0 && errno != EINTR)
    fail(errno);
}

void upload_spool::fail(int error_number) const {
  bool full = error_number == ENOSPC || error_number == EDQUOT;
  throw failure{full ? failure_kind::insufficient_space : failure_kind::internal,
                "cannot store uploaded file \"" + parts_.back().filename +
                    "\": " + std::generic_category().message(error_number)};
}

} // namespace troupe
