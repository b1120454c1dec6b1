#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/host/file_descriptor.hpp"

namespace troupe::host {

/// A thread that waits for file descriptors and calls back; it sleeps while nothing happens.
class event_loop {
public:
  /// Called in the loop's thread with the events that epoll(7) reports. It mustn't block.
  using callback = std::function<void(std::uint32_t events)>;

  /// Ends what it stands for: once it is gone, its callback isn't called any more and doesn't run,
  /// unless the callback itself lets it go. The descriptor stays the caller's, and is closed later than
  /// this.
  class registration {
  public:
    virtual ~registration() = default;
  };

  /// Throws troupe::failure where the host has no descriptors left.
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Calls back whenever one of these events (EPOLLIN, EPOLLPRI, EPOLLONESHOT…) is there. The loop has
  /// to outlive what is returned. Throws troupe::failure if the descriptor can't be waited for.
  std::unique_ptr<registration> add(int descriptor, std::uint32_t events, callback ready);

private:
  struct entry;
  class entry_registration;

  void run();
  void forget(std::uint64_t id);

  file_descriptor epoll_;
  file_descriptor stop_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<entry>> entries_;
  std::uint64_t last_id_ = 0;
  std::thread thread_;
};

} // namespace troupe::host
