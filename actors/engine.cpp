#include "actors/engine.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <thread>

#include "actors/director.hpp"
#include "actors/gateway.hpp"
#include "actors/hook_contexts.hpp"
#include "actors/inspector.hpp"
#include "actors/journal.hpp"
#include "actors/notices.hpp"
#include "actors/performers.hpp"
#include "actors/refresher.hpp"
#include "actors/scheduler.hpp"
#include "actors/services.hpp"
#include "actors/settings.hpp"
#include "actors/snapshots.hpp"
#include "actors/switchboard.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/connection_tasks.hpp"
#include "runtime/rules/services_at_start.hpp"

namespace troupe {

namespace {

std::size_t performer_count() {
  return limits::performers_per_core * std::max(1U, std::thread::hardware_concurrency());
}

system_settings_ptr read_settings(const std::map<std::string, std::string>& stored) {
  std::vector<std::string> faults;
  auto result =
      std::make_shared<const system_settings>(settings_from_stored(stored, from_rfc3339, faults));
  for (const auto& fault : faults)
    spdlog::warn("{}", fault);
  return result;
}

time_point last_refresh_in(const std::map<std::string, std::string>& stored) {
  std::int64_t nanoseconds = 0;
  if (auto found = stored.find(refresher::last_refresh_name); found != stored.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), nanoseconds);
  return time_point{duration{nanoseconds}};
}

std::set<std::string> vacated_snaps(const task_host& host) {
  std::set<std::string> names;
  for (auto& name : host.os.run_control->inhibited())
    if (host.os.run_control->running(name).empty())
      names.insert(std::move(name));
  return names;
}

// An exit message of normal priority would wait behind a long mailbox.
template <class Handle>
void dismiss(const Handle& actor) {
  caf::anon_send<caf::message_priority::high>(
      caf::actor_cast<caf::actor>(actor),
      caf::exit_msg{caf::actor_addr{}, caf::exit_reason::user_shutdown});
}

} // namespace

// Throughput is unlimited by default, which starves actors; stealing makes idle threads poll.
void configure(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-throughput", limits::actor_throughput_messages);
  config.set("scheduler.max-threads", std::size_t{4});
}

engine::engine(caf::actor_system& system, engine_options options) {
  auto members = std::make_shared<company>();
  members->inspector = system.spawn<inspector>();
  auto contents = options.database->load();
  // A set of snapshots has the number of its change. Those that stay while the journal was moved away
  // must not be written over.
  contents.last_change =
      std::max(contents.last_change, change_id{options.host->snapshots->greatest_set()});
  members->journal = options.detached
                         ? system.spawn<journal, caf::detached>(options.database, members->inspector)
                         : system.spawn<journal>(options.database, members->inspector);
  members->scheduler = system.spawn<scheduler>(options.constraints, members->inspector);
  members->switchboard =
      system.spawn<switchboard>(options.host->interfaces, options.host->system, contents.snaps,
                                promised_connections(contents.changes), members->inspector);
  members->notices = system.spawn<notices>(std::move(contents.notices), std::move(contents.warnings),
                                           members->journal, options.host->os.clock, members->inspector);
  auto known = read_settings(contents.settings);
  auto last_refresh = last_refresh_in(contents.settings);
  members->settings =
      system.spawn<class settings>(known, *options.host, members->journal, members->inspector);
  members->hook_contexts =
      system.spawn<hook_contexts>(std::move(options.new_cookie), members->inspector);
  auto pool = [&](const std::string& name, std::size_t limit) {
    return system.spawn<performers>(name, limit, options.detached, members->inspector);
  };
  members->effects = pool("effects", performer_count());
  members->copies = pool("copies", limits::parallel_copies);
  members->downloads = pool("downloads", limits::store_parallel_downloads);
  members->hooks = pool("hooks", limits::parallel_hooks);
  members->snapshots = system.spawn<snapshot_keeper>(*options.host, members->settings, members->effects,
                                                     members->inspector);
  members->services =
      system.spawn<class services>(*options.host, members->effects, members->hooks, members->inspector);
  caf::anon_send(members->services,
                 boot_services{services_at_start(contents, vacated_snaps(*options.host))});
  members->host = options.host;
  company_ = members;
  director_ = system.spawn<class director>(std::move(contents), known, company_);
  caf::anon_send(director_, begin_directing{});
  refresher_ = system.spawn<class refresher>(
      refresher_setup{director_, known, last_refresh, options.seed}, company_);
  caf::anon_send(company_->settings, follow_settings{director_});
  caf::anon_send(company_->settings, follow_settings{refresher_});
  gateway_ = system.spawn<class gateway>(director_, refresher_, std::move(options.facilities), company_);
}

void engine::stop_services() {
  caf::scoped_actor self{company_->services.home_system()};
  self->request(company_->services, caf::infinite, stop_all_services{})
      .receive([](services_gone) {},
               [](const caf::error& why) {
                 spdlog::warn("cannot stop services: {}", to_failure(why).what());
               });
}

engine::~engine() {
  dismiss(gateway_);
  dismiss(refresher_);
  dismiss(director_);
  for (const auto* pool :
       {&company_->effects, &company_->copies, &company_->downloads, &company_->hooks})
    dismiss(*pool);
  dismiss(company_->snapshots);
  dismiss(company_->services);
  dismiss(company_->switchboard);
  dismiss(company_->scheduler);
  dismiss(company_->settings);
  dismiss(company_->notices);
  dismiss(company_->hook_contexts);
  dismiss(company_->journal);
  dismiss(company_->inspector);
}

} // namespace troupe
