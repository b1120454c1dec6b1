#include "tests/support/stand_in_logind.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "tests/support/make_snap.hpp"

namespace troupe::test {

namespace {

constexpr std::uint64_t look_microseconds = 20'000;

void expect(int result, const std::string& what) {
  if (result < 0)
    throw std::runtime_error{"cannot stand in for logind: " + what + ": error " +
                             std::to_string(-result)};
}

} // namespace

private_bus::private_bus() {
  auto config = where_.work() / "bus.conf";
  write_file(config, "<busconfig>\n"
                     "  <listen>" +
                         address() +
                         "</listen>\n"
                         "  <auth>EXTERNAL</auth>\n"
                         "  <policy context='default'>\n"
                         "    <allow send_destination='*' eavesdrop='true'/>\n"
                         "    <allow receive_sender='*'/>\n"
                         "    <allow own='*'/>\n"
                         "  </policy>\n"
                         "</busconfig>\n");
  daemon_ = std::make_unique<program>(std::vector<std::string>{
      "/usr/bin/dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + config.string()});
  auto is_up = eventually([&] { return daemon_->has_ended() || std::filesystem::exists(socket()); });
  if (!is_up || daemon_->has_ended())
    throw std::runtime_error{"dbus-daemon doesn't start: " + daemon_->wait().err};
}

stand_in_logind::stand_in_logind(const private_bus& bus) {
  expect(sd_bus_new(&bus_), "a connection");
  expect(sd_bus_set_address(bus_, bus.address().c_str()), "its address");
  expect(sd_bus_set_bus_client(bus_, 1), "its greeting");
  expect(sd_bus_start(bus_), "its start");
  expect(sd_bus_add_object(bus_, nullptr, "/org/freedesktop/login1", answer, this), "its object");
  expect(sd_bus_request_name(bus_, "org.freedesktop.login1", 0), "its name");
  thread_ = std::thread{[this] { serve(); }};
}

stand_in_logind::~stand_in_logind() {
  stops_ = true;
  thread_.join();
  sd_bus_close_unref(bus_);
}

void stand_in_logind::serve() {
  while (!stops_)
    if (sd_bus_process(bus_, nullptr) == 0)
      sd_bus_wait(bus_, look_microseconds);
}

int stand_in_logind::answer(sd_bus_message* call, void* self, sd_bus_error*) {
  auto& all = *static_cast<stand_in_logind*>(self);
  if (sd_bus_message_is_method_call(call, "org.freedesktop.login1.Manager", "Inhibit") <= 0)
    return 0;
  std::array<const char*, 4> words{};
  std::array<int, 2> ends{};
  if (sd_bus_message_read(call, "ssss", &words[0], &words[1], &words[2], &words[3]) < 0 ||
      pipe2(ends.data(), O_CLOEXEC) != 0)
    return -EIO;
  const host::file_descriptor given{ends[1]};
  const std::lock_guard guard{all.mutex_};
  all.asked_.push_back({words[0], words[1], words[2], words[3]});
  all.ends_.emplace_back(ends[0]);
  return sd_bus_reply_method_return(call, "h", given.get());
}

std::size_t stand_in_logind::held() const {
  const std::lock_guard guard{mutex_};
  return static_cast<std::size_t>(std::ranges::count_if(ends_, [](const auto& end) {
    pollfd looked_at{end.get(), POLLIN, 0};
    return poll(&looked_at, 1, 0) == 0;
  }));
}

std::vector<stand_in_logind::request> stand_in_logind::asked() const {
  const std::lock_guard guard{mutex_};
  return asked_;
}

} // namespace troupe::test
