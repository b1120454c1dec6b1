#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/errors.hpp"
#include "messages/actors.hpp"

namespace troupe {

/// Counters of one live actor; written by the actor, read by the inspector.
struct actor_card {
  std::string name;
  std::uint64_t id = 0;
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> processed{0};
  std::atomic<std::uint64_t> busy_ns{0};
  std::atomic<bool> ended{false};
};

/// A reply that is owed. Copies share it; when the last one goes without a word, the requester gets an
/// error, since CAF would let it wait for ever.
template <class T>
class owed_reply {
public:
  owed_reply() = default;
  explicit owed_reply(caf::typed_response_promise<T> promise)
      : shared_{std::make_shared<state>(std::move(promise))} {}

  void deliver(T value) { shared_->promise.deliver(std::move(value)); }
  void fail(const failure& what) { shared_->promise.deliver(to_error(what)); }
  void fail(const caf::error& what) { shared_->promise.deliver(what); }

private:
  struct state {
    caf::typed_response_promise<T> promise;
    explicit state(caf::typed_response_promise<T> p) : promise{std::move(p)} {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
      if (promise.pending())
        promise.deliver(stopping_error());
    }
  };
  std::shared_ptr<state> shared_;
};

/// What every actor stands on: it survives unknown messages and errors, says in the log what ends it,
/// and shows its counters to the inspector. Handle is its typed interface from messages/actors.hpp.
///
/// Requests among our actors have no time-out: every one is answered, since replies are immediate or
/// owed and a dead receiver is an error at once, and CAF keeps a requester alive until its time-outs
/// have passed. Only the gateway, which answers people, sets one.
template <class Handle>
class actor_base : public Handle::base {
public:
  using super = typename Handle::base;

  actor_base(caf::actor_config& config, std::string name, const inspector_actor& inspector)
      : super{config}, card_{std::make_shared<actor_card>()} {
    card_->name = std::move(name);
    card_->id = this->id();
    this->set_default_handler(caf::print_and_drop);
    this->set_error_handler([this](caf::error& what) {
      spdlog::error("{}: unexpected error: {}", card_->name, to_failure(what).what());
    });
    this->set_down_handler([](caf::down_msg&) {});
    this->set_exception_handler([this](std::exception_ptr& what) -> caf::error {
      try {
        std::rethrow_exception(what);
      } catch (const std::exception& e) {
        spdlog::error("{}: unexpected exception: {}", card_->name, e.what());
        return to_error({failure_kind::internal, e.what()});
      }
    });
    if (inspector)
      this->send(inspector, actor_started{card_});
  }

  ~actor_base() override { card_->ended = true; }

  const char* name() const override { return "troupe"; }

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override {
    card_->received.fetch_add(1, std::memory_order_relaxed);
    super::enqueue(std::move(element), host);
  }

  caf::resumable::resume_result resume(caf::execution_unit* host, std::size_t throughput) override {
    auto card = card_; // the actor may be gone after its last message
    auto begin = std::chrono::steady_clock::now();
    auto result = super::resume(host, throughput);
    card->busy_ns.fetch_add(
        static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count()),
        std::memory_order_relaxed);
    // An actor that awaits messages may run on another thread by now, so its mailbox is out of bounds;
    // it was empty a moment ago.
    if (result == caf::resumable::awaiting_message)
      card->processed.store(card->received.load(), std::memory_order_relaxed);
    else if (result == caf::resumable::resume_later)
      card->processed.store(card->received.load() - this->mailbox().size(), std::memory_order_relaxed);
    return result;
  }

  /// What waits for answers that can't come any more holds others, which may hold this actor.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    std::exchange(this->awaited_responses_, {});
    std::exchange(this->multiplexed_responses_, {});
    return super::cleanup(std::move(reason), host);
  }

protected:
  template <class T>
  owed_reply<T> owe() {
    return owed_reply<T>{this->template make_response_promise<T>()};
  }

  std::shared_ptr<const actor_card> card() const { return card_; }

private:
  std::shared_ptr<actor_card> card_;
};

/// Runs a handler's body; a failure that it throws becomes the reply's error.
template <class T, class Body>
caf::result<T> answer(Body&& body) {
  try {
    return body();
  } catch (const failure& what) {
    return to_error(what);
  } catch (const std::exception& what) {
    return to_error({failure_kind::internal, what.what()});
  }
}

} // namespace troupe
