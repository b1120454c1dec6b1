#include "runtime/host/service_log.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "messages/failure.hpp"
#include "runtime/json/utf8.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe::host {

namespace fs = std::filesystem;

service_log::service_log(std::string service, fs::path file, std::shared_ptr<clock> clock)
    : service_{std::move(service)}, file_{std::move(file)}, clock_{std::move(clock)} {}

void service_log::add(pid_t process, std::string_view piece) {
  const std::lock_guard guard{mutex_};
  while (!piece.empty()) {
    const auto end = std::min(piece.find('\n'), piece.size());
    const auto room = limits::service_log_line_bytes - begun_.size();
    is_cut_ = is_cut_ || end > room;
    begun_ += piece.substr(0, std::min(end, room));
    if (end == piece.size())
      return;
    end_line(process);
    piece.remove_prefix(end + 1);
  }
}

void service_log::end(pid_t process) {
  const std::lock_guard guard{mutex_};
  if (!begun_.empty())
    end_line(process);
}

std::vector<service_line> service_log::last(std::size_t most,
                                            std::shared_ptr<service_line_follower> follower) {
  const std::lock_guard guard{mutex_};
  if (follower) {
    std::erase_if(followers_, [](const auto& other) { return other->is_gone(); });
    if (followers_.size() >= limits::service_log_followers)
      throw failure{failure_kind::unavailable, "cannot follow the log of \"" + service_ +
                                                   "\": too many do so already; try again later"};
    followers_.push_back(std::move(follower));
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, lines_.size()));
  return {lines_.end() - count, lines_.end()};
}

void service_log::end_line(pid_t process) {
  if (begun_.ends_with('\r'))
    begun_.pop_back();
  service_line line{clock_->now(), service_, process, as_utf8(begun_)};
  if (std::exchange(is_cut_, false))
    line.text += "…";
  begun_.clear();
  if (!file_.empty())
    write(line);
  std::erase_if(followers_, [&](const auto& follower) {
    follower->tell(line);
    return follower->is_gone();
  });
  lines_.push_back(std::move(line));
  if (lines_.size() > limits::service_log_lines)
    lines_.pop_front();
}

// A disk that is full costs lines in the file, and nothing else.
void service_log::write(const service_line& line) {
  if (!output_)
    open_file();
  const auto text = to_rfc3339(line.at) + " " + std::to_string(line.pid) + " " + line.text + "\n";
  if (bytes_ > 0 && bytes_ + text.size() > limits::service_log_file_bytes)
    begin_anew();
  if (!output_)
    return;
  const auto written = ::write(output_.get(), text.data(), text.size());
  if (written > 0)
    bytes_ += static_cast<std::uint64_t>(written);
  if (written == static_cast<ssize_t>(text.size()))
    has_complained_ = false;
  else
    complain(std::generic_category().message(written < 0 ? errno : ENOSPC));
}

void service_log::open_file() {
  std::error_code code;
  fs::create_directories(file_.parent_path(), code);
  output_ =
      file_descriptor{open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  struct stat status {};
  if (!output_ || fstat(output_.get(), &status) != 0)
    return complain(std::generic_category().message(errno));
  bytes_ = static_cast<std::uint64_t>(status.st_size);
}

void service_log::begin_anew() {
  std::error_code code;
  fs::rename(file_, file_.string() + ".1", code);
  output_.close();
  open_file();
}

void service_log::complain(const std::string& why) {
  if (!std::exchange(has_complained_, true))
    spdlog::warn("cannot write \"{}\": {}", file_.string(), why);
}

} // namespace troupe::host
