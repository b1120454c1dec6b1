#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The body of an answer that grows while it is sent. Whoever answers pushes, from any thread; the
/// server sends it on as the client takes it.
class reply_stream {
public:
  /// Adds to what is sent; nothing happens once it is over. A client that is more than
  /// limits::api_stream_bytes behind is let go: the stream is over for it.
  void push(std::string_view text);

  /// All has been pushed.
  void end();

  /// Nobody reads it any more, or all has been pushed.
  bool is_over() const;

  // For the server:

  /// `wake` is called, from any thread, whenever there is something new to take.
  void wake_by(std::function<void()> wake);

  /// What was pushed and not taken yet; nothing once it has ended and all is taken.
  std::optional<std::string> take();

  /// The client has hung up.
  void abandon();

private:
  mutable std::mutex mutex_;
  std::string waiting_;
  bool is_over_ = false;
  std::function<void()> wake_;
};

} // namespace troupe
