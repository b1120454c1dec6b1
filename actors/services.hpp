#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "actors/actor_base.hpp"
#include "actors/supervised_service.hpp"

namespace troupe {

/// Owns the supervised services of snaps: starts and stops them in their order, and keeps them running.
/// Nothing of it outlives the daemon.
class services : public actor_base<services_actor> {
public:
  services(caf::actor_config& config, const task_host& host, performers_actor effects,
           performers_actor hooks, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  /// A part of a command: some services that are all to be started, or all to be stopped.
  struct stage {
    bool starts = false;
    bool goes_on = false;                              ///< Although one of them can't be.
    std::map<std::string, std::set<std::string>> left; ///< Not begun: which have to be done before.
    std::set<std::string> open{};                      ///< Begun, and not done.
  };
  struct job {
    service_command what;
    std::optional<owed_reply<service_result>> reply; ///< None: at the daemon's start.
    std::set<std::string> awaited{};                 ///< Those that the daemon's start had yet to start.
    std::deque<stage> stages;
    service_result result{};
    std::optional<failure> fault{};
  };

  void boot(const services_at_boot& what);
  void start_left(const snap_state& snap);
  caf::result<service_result> command(const service_command& what);
  void add_job(const service_command& what, std::optional<owed_reply<service_result>> reply);
  std::set<std::string> taken_from_boot(const service_command& what);
  stage stage_of(const service_command& what, const std::vector<std::string>& apps, bool starts);
  void reload(job& of);
  void advance();
  bool advance(job& of);
  bool look_at_open(job& of, stage& now);
  bool begin_next(job& of, stage& now);
  void begin(job& of, const std::string& app, bool starts);
  void undo(job& of, failure why);
  void finish(job& of);
  std::optional<bool> is_done(const supervised_service& it, bool starts) const;
  supervised_service* find(const std::string& snap, const std::string& app);
  supervised_service& made(const service_command& what, const std::string& app);
  std::shared_ptr<host::service_log> log_of(const std::string& snap, const std::string& app);
  service_lines lines(const read_service_lines& what);
  caf::result<services_gone> stop_all();
  void hurry();
  void tell_whether_gone();
  void say_last_word();

  const task_host& host_;
  performers_actor effects_;
  performers_actor hooks_;
  std::map<std::string, supervised_service> services_;             ///< By SNAP.APP.
  std::map<std::string, std::shared_ptr<host::service_log>> logs_; ///< By SNAP.APP.
  std::list<job> jobs_;
  /// By snap: what the daemon's start has left off because a change is under way.
  std::map<std::string, std::vector<std::string>> left_for_later_;
  std::optional<owed_reply<services_gone>> last_word_;
  bool is_stopping_ = false;
  bool has_killed_ = false;
};

} // namespace troupe
