#include "actors/settings.hpp"

namespace troupe {

settings::settings(caf::actor_config& config, system_settings_ptr known, const task_host& host,
                   journal_actor journal, inspector_actor inspector)
    : actor_base{config, "settings", inspector},
      published_{std::move(known)},
      stores_{host.stores},
      clock_{host.os.clock},
      journal_{std::move(journal)} {
  tell_stores();
}

settings::behavior_type settings::make_behavior() {
  return {
      [this](get_settings) { return published_; },
      [this](const assign_settings& what) {
        return answer<system_settings_ptr>([&] { return assign(what); });
      },
      [this](const follow_settings& what) { follow(what.who); },
  };
}

void settings::on_exit() {
  followers_.clear();
  waiting_.clear();
}

caf::result<system_settings_ptr> settings::assign(const assign_settings& what) {
  waiting_.push_back({json::parse_object(what.values), owe<system_settings_ptr>()});
  if (!is_storing_)
    assign_next();
  return caf::delegated<system_settings_ptr>{};
}

// One after the other, so that each builds on what is durable.
void settings::assign_next() {
  while (!waiting_.empty() && !is_storing_) {
    auto [values, reply] = std::move(waiting_.front());
    waiting_.pop_front();
    auto changed = std::make_shared<system_settings>(*published_);
    try {
      troupe::assign(*changed, values, clock_->now());
    } catch (const failure& why) {
      reply.fail(why);
      continue;
    }
    store(std::move(changed), reply);
  }
}

void settings::store(const system_settings_ptr& changed, owed_reply<system_settings_ptr> reply) {
  auto batch = std::make_shared<journal_batch>();
  batch->settings = stored_settings(*changed);
  is_storing_ = true;
  request(journal_, caf::infinite, append{std::move(batch)})
      .then(
          [this, reply, changed](committed) mutable {
            is_storing_ = false;
            publish(changed);
            reply.deliver(changed);
            assign_next();
          },
          [this, reply](const caf::error& why) mutable {
            is_storing_ = false;
            reply.fail(why);
            assign_next();
          });
}

void settings::follow(const settings_follower& who) {
  followers_.push_back(who);
  send(who, settings_changed{published_});
}

void settings::tell_stores() {
  const auto& options = published_->options;
  if (stores_)
    stores_->use_proxies({options.http_proxy(), options.https_proxy(), options.no_proxy()});
}

// Whoever is answered may rely on it that the followers hear of the change before they hear of him.
void settings::publish(const system_settings_ptr& changed) {
  published_ = changed;
  tell_stores();
  for (const auto& follower : followers_)
    send(follower, settings_changed{changed});
}

} // namespace troupe
