#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/host/service_processes.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Services in memory: what runs, how each behaves, and a hand on each. Tests tell what happens to them.
class simulated_services : public host::service_processes {
public:
  /// How a service behaves; by SNAP.APP, or SNAP.APP@REVISION for one revision of it.
  struct behaviour {
    std::string start_fault{};  ///< Why it can't be started, or empty.
    std::string output{};       ///< What it writes as soon as it runs.
    int exits_at_once = -1;     ///< With this status; -1: it goes on.
    bool leaves_others = false; ///< Its first process's end does.
    bool notifies = true;       ///< It says that it is ready where it is asked to.
    bool ignores_terminate = false;
    bool ignores_kill = false;
  };

  explicit simulated_services(world& w) : world_{w} {}

  std::map<std::string, behaviour> behaves;
  /// Says how a service behaves that is about to be started, in place of `behaves`; may be null.
  std::function<behaviour(const std::string& name, const host::service_spec&)> draws;
  /// Told of what becomes of SNAP.APP@REVISION: it `runs`, `fails` to start, `ends` by itself, `is told
  /// to end`, `is killed`, or `resists` since its processes can't be reached. May be null.
  std::function<void(const std::string& name, std::string_view what)> told;
  std::vector<std::string> history; ///< `start hello.web@x1`, `terminate …`, `kill …`, in order.

  /// Those that run, as SNAP.APP@REVISION.
  std::set<std::string> running() const {
    std::set<std::string> names;
    for (const auto& [number, one] : live_)
      names.insert(one->name);
    return names;
  }

  /// Those of them whose first process has ended and has left others.
  std::set<std::string> running_on() const {
    std::set<std::string> names;
    for (const auto& [number, one] : live_)
      if (one->has_exited)
        names.insert(one->name);
    return names;
  }

  /// Lets a service's first process end.
  void exit(const std::string& name, int status, bool leaves_others = false) {
    auto one = find(name);
    if (!one || one->has_exited)
      return;
    tell(one->name, "ends");
    one->end(service_events::exited{status, 0, leaves_others}, !leaves_others);
  }

  /// Lets what its first process has left end.
  void vacate(const std::string& name) {
    if (auto one = find(name))
      one->end(service_events::vacated{}, true);
  }

  void say_ready(const std::string& name) {
    if (auto one = find(name))
      one->listener.on_event(service_events::ready{});
  }

  void write(const std::string& name, const std::string& text) {
    if (auto one = find(name))
      one->listener.on_output(one->number, text);
  }

  /// Their daemon is killed: they run on, and nobody hears of them.
  void leave() {
    for (auto& [number, one] : live_) {
      one->is_left = true;
      one->listener = {};
    }
  }

  /// Ends those that a killed daemon has left; returns how many.
  std::size_t end_left() {
    return std::erase_if(live_, [](const auto& entry) { return entry.second->is_left; });
  }

  /// The host stops: none is left.
  void cut_power() {
    leave();
    live_.clear();
  }

  bool keeps_files() const override { return false; }

  std::unique_ptr<run> start(const host::service_spec& spec, host::service_listener listener) override {
    auto app = spec.env.at("TROUPE_SERVICE");
    auto name = app + "@" + spec.env.at("SNAP_REVISION");
    history.push_back("start " + name);
    auto how = draws ? draws(name, spec) : behaves.contains(name) ? behaves.at(name) : behaves[app];
    auto one = std::make_shared<live>(live{*this, name, ++last_, how, std::move(listener)});
    try {
      if (!how.start_fault.empty())
        throw failure{"cannot run " + spec.argv.back() + ": " + how.start_fault};
      affect(world_, "start_service", name, [&] { live_.emplace(one->number, one); });
    } catch (const failure& why) {
      // What a dying daemon has started runs on.
      if (why.kind() != failure_kind::unavailable)
        live_.erase(one->number);
      tell(name, "fails");
      throw;
    }
    tell(name, "runs");
    if (!how.output.empty())
      one->listener.on_output(one->number, how.output);
    if (how.exits_at_once >= 0) {
      tell(name, "ends");
      one->end(service_events::exited{how.exits_at_once, 0, how.leaves_others}, !how.leaves_others);
    } else if (spec.notifies && how.notifies) {
      one->listener.on_event(service_events::ready{});
    }
    return std::make_unique<simulated_run>(one);
  }

private:
  struct live {
    simulated_services& all;
    std::string name;
    pid_t number;
    behaviour how;
    host::service_listener listener;
    bool has_exited = false;
    bool is_left = false; ///< Its daemon is gone.

    void end(const service_event& what, bool is_last) {
      has_exited = true;
      if (is_last) {
        listener.on_output(number, {});
        all.live_.erase(number);
      }
      listener.on_event(what);
    }
    void end_by_signal(int signal) {
      if (!all.live_.contains(number))
        return;
      if (!std::exchange(has_exited, true))
        end(service_events::exited{-1, signal, false}, true);
      else
        end(service_events::vacated{}, true);
    }
  };

  class simulated_run : public run {
  public:
    explicit simulated_run(std::shared_ptr<live> of) : of_{std::move(of)} {}
    ~simulated_run() override {
      if (!of_->is_left)
        of_->all.live_.erase(of_->number);
    }

    pid_t pid() const override { return of_->number; }
    void terminate() override {
      of_->all.history.push_back("terminate " + of_->name);
      reach([this] {
        of_->all.tell(of_->name, "is told to end");
        if (!of_->how.ignores_terminate)
          of_->end_by_signal(15);
      });
    }
    void kill() override {
      of_->all.history.push_back("kill " + of_->name);
      reach([this] {
        of_->all.tell(of_->name, "is killed");
        if (!of_->how.ignores_kill)
          of_->end_by_signal(9);
      });
    }
    std::vector<pid_t> members() override {
      return of_->all.live_.contains(of_->number) ? std::vector{of_->number} : std::vector<pid_t>{};
    }

  private:
    template <class Act>
    void reach(Act act) {
      try {
        affect(of_->all.world_, "end_service", of_->name, act);
      } catch (const failure&) {
        of_->all.tell(of_->name, "resists");
        throw;
      }
    }

    std::shared_ptr<live> of_;
  };

  void tell(const std::string& name, std::string_view what) const {
    if (told)
      told(name, what);
  }

  std::shared_ptr<live> find(const std::string& name) const {
    for (const auto& [number, one] : live_)
      if (one->name == name || one->name.starts_with(name + "@"))
        return one;
    return nullptr;
  }

  world& world_;
  std::map<pid_t, std::shared_ptr<live>> live_;
  pid_t last_ = 100;
};

} // namespace troupe::sim
