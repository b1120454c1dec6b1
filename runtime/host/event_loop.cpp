#include "runtime/host/event_loop.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

constexpr auto what = "cannot wait for events";
constexpr int events_at_once = 64;

} // namespace

struct event_loop::entry {
  std::uint64_t id = 0;
  int descriptor = -1;
  callback ready;
  std::recursive_mutex mutex; ///< Held while the callback runs, so that its end can be waited for.
  bool is_gone = false;
};

class event_loop::entry_registration : public event_loop::registration {
public:
  entry_registration(event_loop& loop, std::shared_ptr<entry> what)
      : loop_{loop}, entry_{std::move(what)} {}
  ~entry_registration() override {
    epoll_ctl(loop_.epoll_.get(), EPOLL_CTL_DEL, entry_->descriptor, nullptr);
    loop_.forget(entry_->id);
    const std::lock_guard guard{entry_->mutex};
    entry_->is_gone = true;
  }

private:
  event_loop& loop_;
  std::shared_ptr<entry> entry_;
};

event_loop::event_loop() : epoll_{epoll_create1(EPOLL_CLOEXEC)}, stop_{eventfd(0, EFD_CLOEXEC)} {
  epoll_event event{};
  event.events = EPOLLIN;
  if (!epoll_ || !stop_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event) != 0)
    throw_errno(what);
  // Signals are the main thread's.
  sigset_t all;
  sigset_t former;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former);
  thread_ = std::thread{[this] { run(); }};
  pthread_sigmask(SIG_SETMASK, &former, nullptr);
}

event_loop::~event_loop() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

std::unique_ptr<event_loop::registration> event_loop::add(int descriptor, std::uint32_t events,
                                                          callback ready) {
  auto added = std::make_shared<entry>();
  added->descriptor = descriptor;
  added->ready = std::move(ready);
  {
    const std::lock_guard guard{mutex_};
    added->id = ++last_id_;
    entries_.emplace(added->id, added);
  }
  epoll_event event{};
  event.events = events;
  event.data.u64 = added->id;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    const auto error = errno;
    forget(added->id);
    throw system_failure(what, error);
  }
  return std::make_unique<entry_registration>(*this, std::move(added));
}

void event_loop::forget(std::uint64_t id) {
  const std::lock_guard guard{mutex_};
  entries_.erase(id);
}

void event_loop::run() {
  std::array<epoll_event, events_at_once> events{};
  for (;;) {
    const int count = epoll_wait(epoll_.get(), events.data(), events_at_once, -1);
    if (count < 0 && errno != EINTR)
      return;
    for (int i = 0; i < count; ++i) {
      // The kernel packs its fields, so that nothing may refer to them.
      const auto event = events.at(static_cast<std::size_t>(i));
      const std::uint64_t id = event.data.u64;
      if (id == 0)
        return;
      std::shared_ptr<entry> found;
      {
        const std::lock_guard guard{mutex_};
        if (auto at = entries_.find(id); at != entries_.end())
          found = at->second;
      }
      if (!found)
        continue;
      const std::lock_guard guard{found->mutex};
      if (!found->is_gone)
        found->ready(event.events);
    }
  }
}

} // namespace troupe::host
