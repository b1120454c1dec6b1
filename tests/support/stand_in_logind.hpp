#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <systemd/sd-bus.h>

#include "runtime/host/file_descriptor.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::test {

/// A system bus of a test's own.
class private_bus {
public:
  /// Throws std::runtime_error where it doesn't start.
  private_bus();

  std::string address() const { return "unix:path=" + socket().string(); }

  /// What lets a program take it for the system bus.
  environment variables() const { return {{"DBUS_SYSTEM_BUS_ADDRESS", address()}}; }

private:
  std::filesystem::path socket() const { return where_.work() / "bus"; }

  temporary_root where_;
  std::unique_ptr<program> daemon_;
};

/// Gives locks as logind does, on such a bus, and sees which are still held.
class stand_in_logind {
public:
  struct request {
    std::string what;
    std::string who;
    std::string why;
    std::string mode;
  };

  explicit stand_in_logind(const private_bus& bus);
  ~stand_in_logind();
  stand_in_logind(const stand_in_logind&) = delete;
  stand_in_logind& operator=(const stand_in_logind&) = delete;

  /// How many of the locks that it has given are open.
  std::size_t held() const;

  /// What locks were asked for, in order.
  std::vector<request> asked() const;

private:
  static int answer(sd_bus_message* call, void* self, sd_bus_error* error);
  void serve();

  sd_bus* bus_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<request> asked_;
  std::vector<host::file_descriptor> ends_; ///< Of pipes whose other ends are the locks.
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

} // namespace troupe::test
