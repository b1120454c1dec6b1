#include "tests/crash/crash_points.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/api/owned_fd.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::crash {

crash_points::crash_points(const std::filesystem::path& directory) : file_{directory / "crash-order"} {
  owned_fd fd{open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!fd || ftruncate(fd.get(), sizeof *order_) != 0)
    throw std::system_error{errno, std::generic_category(), file_.string()};
  auto* memory = mmap(nullptr, sizeof *order_, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED)
    throw std::system_error{errno, std::generic_category(), file_.string()};
  order_ = static_cast<crash_order*>(memory);
}

crash_points::~crash_points() { munmap(order_, sizeof *order_); }

// A sanitizer's library wants to come first, which doesn't matter to what is wrapped here.
test::environment crash_points::variables() const {
  auto module = test::built("libcrash_points.so");
  if (!std::filesystem::exists(module))
    throw failure{"cannot count the daemon's calls: " + module + " isn't there; build crash_points"};
  return {{"LD_PRELOAD", module},
          {"TROUPE_CRASH_ORDER", file_.string()},
          {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
}

std::uint64_t crash_points::calls(std::uint32_t kinds) const {
  std::uint64_t sum = 0;
  for (unsigned kind = 0; kind < crash_kinds; ++kind)
    if ((kinds & (1U << kind)) != 0)
      sum += std::atomic_ref{order_->calls[kind]}.load();
  return sum;
}

void crash_points::arm(const crash_point& point) {
  disarm();
  std::memset(order_->call, 0, sizeof order_->call);
  std::atomic_ref{order_->action}.store(point.action);
  std::atomic_ref{order_->error}.store(point.error);
  std::atomic_ref{order_->kinds}.store(point.kinds);
  std::atomic_ref{order_->left}.store(static_cast<std::int64_t>(point.number));
  armed_ = true;
}

std::string crash_points::disarm() {
  if (!std::exchange(armed_, false))
    return {};
  auto is_met = std::atomic_ref{order_->left}.exchange(0) <= 0;
  if (is_met)
    test::eventually([this] { return !reached().empty(); });
  return reached();
}

std::string crash_points::reached() const {
  return {order_->call, strnlen(order_->call, sizeof order_->call)};
}

} // namespace troupe::crash
