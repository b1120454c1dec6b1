#include "tests/support/running_daemon.hpp"

#include <signal.h>

#include <stdexcept>

#include "messages/failure.hpp"

namespace troupe::test {

running_daemon::running_daemon(const std::filesystem::path& root, std::vector<std::string> options,
                               environment variables)
    : root_{root}, options_{std::move(options)}, variables_{std::move(variables)} {
  start();
}

running_daemon::~running_daemon() {
  try {
    stop();
  } catch (const std::exception&) {
    // It has been killed then.
  }
}

void running_daemon::start() {
  std::vector<std::string> argv{built("trouped"), "--root", root_.string()};
  argv.insert(argv.end(), options_.begin(), options_.end());
  process_ = std::make_unique<program>(std::move(argv), variables_);
  auto is_up = eventually([this] { return process_->has_ended() || answers(); });
  if (is_up && !process_->has_ended())
    return;
  process_->send_signal(SIGKILL);
  auto said = process_->wait().err;
  process_.reset();
  throw std::runtime_error{"trouped doesn't answer; it said: " + said};
}

bool running_daemon::answers() const {
  try {
    return client().get("/v2/system-info").status == 200;
  } catch (const failure&) {
    return false;
  }
}

int running_daemon::stop() {
  if (!process_)
    return 0;
  auto ending = std::move(process_);
  ending->send_signal(SIGTERM);
  return ending->wait().exit_code;
}

void running_daemon::kill_hard() {
  if (!process_)
    return;
  auto ending = std::move(process_);
  ending->send_signal(SIGKILL);
  ending->wait();
}

void running_daemon::restart() {
  stop();
  start();
}

} // namespace troupe::test
