#include "tests/crash/crash_points.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "runtime/api/owned_fd.hpp"

namespace troupe::test {

crash_points::crash_points(const std::filesystem::path& directory) : file_{directory / "crash-plan"} {
  owned_fd fd{open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!fd || ftruncate(fd.get(), sizeof *plan_) != 0)
    throw std::system_error{errno, std::generic_category(), file_.string()};
  auto* memory = mmap(nullptr, sizeof *plan_, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED)
    throw std::system_error{errno, std::generic_category(), file_.string()};
  plan_ = static_cast<crash_plan*>(memory);
}

crash_points::~crash_points() { munmap(plan_, sizeof *plan_); }

// A sanitizer's library wants to come first, which doesn't matter to what is wrapped here.
environment crash_points::variables() const {
  return {{"LD_PRELOAD", TROUPE_CRASH_POINTS},
          {"TROUPE_CRASH_PLAN", file_.string()},
          {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
}

std::uint64_t crash_points::calls() const { return std::atomic_ref{plan_->calls}.load(); }

void crash_points::arm(std::uint64_t calls_from_now) {
  std::memset(plan_->call, 0, sizeof plan_->call);
  std::atomic_ref{plan_->fatal}.store(calls() + calls_from_now);
}

void crash_points::disarm() { std::atomic_ref{plan_->fatal}.store(0); }

std::string crash_points::reached() const {
  return {plan_->call, strnlen(plan_->call, sizeof plan_->call)};
}

} // namespace troupe::test
