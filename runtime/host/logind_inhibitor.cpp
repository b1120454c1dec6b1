#include "runtime/host/logind_inhibitor.hpp"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-bus.h>

#include "messages/failure.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using bus_ptr = std::unique_ptr<sd_bus, decltype([](sd_bus* bus) { sd_bus_close_unref(bus); })>;
using message_ptr =
    std::unique_ptr<sd_bus_message,
                    decltype([](sd_bus_message* message) { sd_bus_message_unref(message); })>;

/// What a call was refused with.
class call_error {
public:
  call_error() = default;
  ~call_error() { sd_bus_error_free(&error_); }
  call_error(const call_error&) = delete;
  call_error& operator=(const call_error&) = delete;

  sd_bus_error* get() { return &error_; }
  bool is(const char* name) const { return sd_bus_error_has_name(&error_, name) > 0; }
  std::string name() const { return error_.name ? error_.name : ""; }

private:
  sd_bus_error error_ = SD_BUS_ERROR_NULL;
};

std::uint64_t microseconds(std::chrono::steady_clock::duration time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

[[noreturn]] void throw_bus_error(int error) {
  if (error == -ENOENT || error == -ECONNREFUSED)
    throw failure{"there is no system bus"};
  throw system_failure("the system bus can't be used", -error);
}

// A call would wait for the bus's greeting for as long as the bus likes.
bus_ptr system_bus() {
  sd_bus* opened = nullptr;
  if (const int result = sd_bus_open_system(&opened); result < 0)
    throw_bus_error(result);
  bus_ptr bus{opened};
  const auto deadline = std::chrono::steady_clock::now() + limits::shutdown_lock_wait;
  for (;;) {
    const int done = sd_bus_process(bus.get(), nullptr);
    if (done < 0)
      throw_bus_error(done);
    if (sd_bus_is_ready(bus.get()) > 0)
      return bus;
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero())
      throw failure{"the system bus doesn't answer"};
    if (const int result = done > 0 ? 0 : sd_bus_wait(bus.get(), microseconds(left)); result < 0)
      throw_bus_error(result);
  }
}

file_descriptor delay_lock() {
  const auto bus = system_bus();
  sd_bus_message* made = nullptr;
  int result = sd_bus_message_new_method_call(bus.get(), &made, "org.freedesktop.login1",
                                              "/org/freedesktop/login1",
                                              "org.freedesktop.login1.Manager", "Inhibit");
  const message_ptr call{made};
  if (result >= 0)
    result = sd_bus_message_append(made, "ssss", "shutdown", "Troupe", "Snaps are between two revisions",
                                   "delay");
  if (result < 0)
    throw_bus_error(result);
  call_error error;
  sd_bus_message* answered = nullptr;
  result =
      sd_bus_call(bus.get(), made, microseconds(limits::shutdown_lock_wait), error.get(), &answered);
  const message_ptr answer{answered};
  if (result == -ETIMEDOUT || error.is(SD_BUS_ERROR_NO_REPLY))
    throw failure{"logind doesn't answer"};
  if (error.is(SD_BUS_ERROR_SERVICE_UNKNOWN) || error.is(SD_BUS_ERROR_NAME_HAS_NO_OWNER))
    throw failure{"there is no logind on the system bus"};
  if (result < 0)
    throw failure{"logind refuses: " + error.name()};
  int given = -1;
  if (sd_bus_message_read(answered, "h", &given) < 0)
    throw failure{"logind gives no lock"};
  // What was read goes with the message.
  file_descriptor lock{fcntl(given, F_DUPFD_CLOEXEC, 0)};
  if (!lock)
    throw_errno("the lock can't be kept");
  return lock;
}

} // namespace

void logind_inhibitor::hold(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  snaps_.insert(snap);
  if (!lock_)
    take_lock();
}

void logind_inhibitor::release(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  snaps_.erase(snap);
  if (snaps_.empty())
    lock_.close();
}

facility logind_inhibitor::probe() {
  const std::lock_guard guard{mutex_};
  take_lock();
  if (snaps_.empty())
    lock_.close();
  if (trouble_.empty())
    return {"shutdown", "logind", "delayed while a snap is between two revisions", {}};
  return {"shutdown", "not delayed", {}, {{"logind", trouble_}}};
}

// Not for each refresh where it fails: it may have taken its time to.
void logind_inhibitor::take_lock() {
  const auto now = std::chrono::steady_clock::now();
  if (next_try_ && now < *next_try_)
    return;
  try {
    lock_ = delay_lock();
    trouble_.clear();
    next_try_.reset();
  } catch (const failure& why) {
    if (trouble_ != why.what())
      spdlog::info("shutdown of the host isn't delayed for snaps that are being switched: {}",
                   why.what());
    trouble_ = why.what();
    next_try_ = std::chrono::steady_clock::now() + limits::shutdown_lock_retry;
  }
}

} // namespace troupe::host
