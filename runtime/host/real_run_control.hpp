#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "runtime/host/event_loop.hpp"
#include "runtime/host/process_groups.hpp"
#include "runtime/host/run_control.hpp"

namespace troupe::host {

/// How the end of a snap's last process is noticed.
enum class tracking {
  cgroup2,       ///< The kernel tells that a group has become empty.
  freezer_agent, ///< The kernel starts the release agent, which removes a file; inotify tells of that.
  freezer_agent_poll, ///< The same, but the file has to be looked for.
  freezer_procs,      ///< Without the agent: by the ends of the processes that are known.
  subreaper,          ///< Launchers keep watch over what they have started.
};

std::string_view to_word(tracking way);

/// Which applications of snaps run, by groups of processes and files in the run-control directory.
class real_run_control : public run_control {
public:
  /// The directory is there already. What was started before, under another way of tracking, is taken
  /// into the groups.
  real_run_control(std::filesystem::path directory, std::shared_ptr<process_groups> groups,
                   std::string mark, tracking way);
  ~real_run_control() override;

  std::string_view backend() const override { return to_word(way_); }
  void open(const std::string& snap) override;
  void close(const std::string& snap) override;
  std::vector<snap_process> running(const std::string& snap) override;
  std::unique_ptr<watch> follow(const std::string& snap, std::function<void()> changed) override;
  void inhibit(const std::string& snap) override;
  answer inhibit_if_vacant(const std::string& snap) override;
  void allow(const std::string& snap) override;
  std::vector<std::string> inhibited() override;

private:
  class snap_watch;

  /// Of a lock that a process holds whose number the kernel doesn't tell.
  static constexpr pid_t unknown_process = 0;

  std::vector<pid_t> members(const std::string& snap);
  /// The launcher that keeps watch over processes of the snap, one of them if there are several.
  std::optional<pid_t> keeper_of(const std::string& snap);
  int lock_of(const std::string& snap);
  void take_over_processes();
  void watch_marker(const std::string& snap);
  void marked_snap_changed(const std::string& snap);
  /// Removes the marker where nothing of the snap runs; returns whether something does.
  bool keep_true_marker(const std::string& snap);
  void look_soon(const std::string& snap);
  void look_at_doubted();
  void try_to_watch_marker(const std::string& snap);
  bool is_open(const std::string& snap);
  bool is_doubtful(const std::string& snap);
  void read_events();
  void notice(const std::string& file, std::uint32_t events);
  void add(snap_watch* follower);
  void remove(snap_watch* follower);
  void poll_from_now_on();
  void set_timer(bool runs);
  /// Tells those who follow this snap, or all where it is empty.
  void tell(const std::string& snap);

  std::filesystem::path directory_;
  std::shared_ptr<process_groups> groups_;
  std::unique_ptr<process_groups> marked_; ///< For what launchers keep watch over by themselves.
  tracking way_;
  std::recursive_mutex mutex_; ///< Of who follows, the locks and what is watched for its marker.
  std::set<snap_watch*> followers_;
  std::map<std::string, file_descriptor> locks_;
  std::atomic<bool> polls_; ///< There is something that no event tells of.
  event_loop loop_;
  file_descriptor notifier_; ///< inotify on the directory.
  file_descriptor timer_;    ///< Runs only while somebody follows and polls_ is set.
  file_descriptor waker_;    ///< An eventfd: there is something in to_look_at_.
  std::unique_ptr<event_loop::registration> notified_;
  std::unique_ptr<event_loop::registration> woken_;
  std::unique_ptr<event_loop::registration> timed_;
  /// On snaps with a marker that nobody else removes once it is no longer true. Let go only by
  /// the loop, or at the end.
  std::map<std::string, std::unique_ptr<snap_watch>> marked_snaps_;
  std::set<std::string> to_look_at_; ///< Something of these snaps may have gone unnoticed.
  std::set<std::string> doubtful_;   ///< A launcher was just starting when their markers looked stale.
};

} // namespace troupe::host
