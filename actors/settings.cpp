#include "actors/settings.hpp"

namespace troupe {

settings::settings(caf::actor_config& config, system_settings_ptr known, std::shared_ptr<stores> told,
                   journal_actor journal, inspector_actor inspector)
    : actor_base{config, "settings", inspector},
      latest_{*known},
      published_{std::move(known)},
      stores_{std::move(told)},
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

void settings::on_exit() { followers_.clear(); }

caf::result<system_settings_ptr> settings::assign(const assign_settings& what) {
  troupe::assign(latest_, json::parse_object(what.values));
  auto changed = std::make_shared<const system_settings>(latest_);
  auto batch = std::make_shared<journal_batch>();
  batch->settings = stored_settings(latest_);
  auto reply = owe<system_settings_ptr>();
  request(journal_, caf::infinite, append{std::move(batch)})
      .then(
          [this, reply, changed](committed) mutable {
            publish(changed);
            reply.deliver(changed);
          },
          [reply](const caf::error& why) mutable { reply.fail(why); });
  return caf::delegated<system_settings_ptr>{};
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
