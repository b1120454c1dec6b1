#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "messages/service.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/host/file_descriptor.hpp"

namespace troupe::host {

/// What one service has written: the last limits::service_log_lines lines in memory, and more of them in
/// a file that is begun anew once it has limits::service_log_file_bytes; the one before it is kept as
/// FILE.1. A line in the file is `TIME PID text`. For any thread.
class service_log {
public:
  /// An empty file name: it is kept in memory only.
  service_log(std::string service, std::filesystem::path file, std::shared_ptr<clock> clock);

  /// Adds a piece of output, which may end amid a line. Lines longer than
  /// limits::service_log_line_bytes are cut; what isn't UTF-8 becomes U+FFFD.
  void add(pid_t process, std::string_view piece);

  /// No more comes of this process: what it has written of a line counts as one.
  void end(pid_t process);

  /// The last lines, and with a follower all that come after. Throws troupe::failure where there are
  /// limits::service_log_followers already.
  std::vector<service_line> last(std::size_t most, std::shared_ptr<service_line_follower> follower = {});

private:
  void end_line(pid_t process);
  void write(const service_line& line);
  void open_file();
  void begin_anew();
  void complain(const std::string& why);

  std::mutex mutex_;
  std::string service_;
  std::filesystem::path file_;
  std::shared_ptr<clock> clock_;
  std::string begun_; ///< The line that isn't complete yet.
  bool is_cut_ = false;
  std::deque<service_line> lines_;
  std::vector<std::shared_ptr<service_line_follower>> followers_;
  file_descriptor output_;
  std::uint64_t bytes_ = 0;
  bool has_complained_ = false;
};

} // namespace troupe::host
