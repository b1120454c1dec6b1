#include "actors/performers.hpp"

namespace troupe {

namespace {

class performer : public actor_base<performer_actor> {
public:
  performer(caf::actor_config& config, std::string name, const inspector_actor& inspector)
      : actor_base{config, std::move(name), inspector} {}

  behavior_type make_behavior() override {
    return {[](const perform_work& what) {
      return answer<work_done>([&] {
        (*what.work)();
        return work_done{};
      });
    }};
  }
};

} // namespace

performers::performers(caf::actor_config& config, std::string name, std::size_t limit, bool detached,
                       inspector_actor inspector)
    : actor_base{config, name + " performers", inspector},
      pool_name_{std::move(name)},
      limit_{limit},
      detached_{detached},
      inspector_{std::move(inspector)} {}

performers::behavior_type performers::make_behavior() {
  return {
      [this](const perform_work& what) -> caf::result<work_done> {
        waiting_.emplace_back(what, owe<work_done>());
        hand_out();
        return caf::delegated<work_done>{};
      },
      [this](get_pool_load) {
        return pool_load{pool_name_, hired_ - idle_.size(), waiting_.size(), limit_};
      },
  };
}

performer_actor performers::hire() {
  ++hired_;
  auto name = pool_name_ + " performer " + std::to_string(hired_);
  auto hired = detached_ ? home_system().spawn<performer, caf::detached>(name, inspector_)
                         : home_system().spawn<performer>(name, inspector_);
  link_to(hired);
  return hired;
}

void performers::hand_out() {
  while (!waiting_.empty() && (!idle_.empty() || hired_ < limit_)) {
    if (idle_.empty())
      idle_.push_back(hire());
    auto worker = std::move(idle_.back());
    idle_.pop_back();
    auto [what, reply] = std::move(waiting_.front());
    waiting_.pop_front();
    auto back = [this, worker] {
      idle_.push_back(worker);
      hand_out();
    };
    request(worker, caf::infinite, what)
        .then(
            [back, reply = reply](work_done) mutable {
              reply.deliver({});
              back();
            },
            [back, reply = reply](const caf::error& why) mutable {
              reply.fail(why);
              back();
            });
  }
}

} // namespace troupe
