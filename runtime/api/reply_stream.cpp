#include "runtime/api/reply_stream.hpp"

#include <utility>

#include "runtime/limits.hpp"

namespace troupe {

void reply_stream::push(std::string_view text) {
  std::function<void()> wake;
  {
    const std::lock_guard guard{mutex_};
    if (is_over_)
      return;
    if (waiting_.size() + text.size() > limits::api_stream_bytes && !waiting_.empty())
      is_over_ = true;
    else
      waiting_ += text;
    wake = wake_;
  }
  if (wake)
    wake();
}

void reply_stream::end() {
  std::function<void()> wake;
  {
    const std::lock_guard guard{mutex_};
    is_over_ = true;
    wake = wake_;
  }
  if (wake)
    wake();
}

bool reply_stream::is_over() const {
  const std::lock_guard guard{mutex_};
  return is_over_;
}

void reply_stream::wake_by(std::function<void()> wake) {
  const std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
}

std::optional<std::string> reply_stream::take() {
  const std::lock_guard guard{mutex_};
  if (waiting_.empty() && is_over_)
    return std::nullopt;
  return std::exchange(waiting_, {});
}

void reply_stream::abandon() {
  const std::lock_guard guard{mutex_};
  is_over_ = true;
  waiting_.clear();
  wake_ = nullptr;
}

} // namespace troupe
