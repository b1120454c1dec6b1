#include "cli/commands/wait.hpp"

#include <csignal>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/commands/output.hpp"
#include "cli/commands/progress.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// The first looks come quickly, since a small change takes a few milliseconds.
constexpr auto first_pause = 5ms;
constexpr auto longest_pause = 100ms;
constexpr auto daemon_absence = 60s;

volatile std::sig_atomic_t interrupts = 0;

/// Counts Ctrl-C for as long as it lives.
class interrupt_counter {
public:
  interrupt_counter() {
    interrupts = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { interrupts = interrupts + 1; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &before_);
  }
  ~interrupt_counter() { sigaction(SIGINT, &before_, nullptr); }
  interrupt_counter(const interrupt_counter&) = delete;
  interrupt_counter& operator=(const interrupt_counter&) = delete;

private:
  struct sigaction before_ {};
};

/// Reacts to each new Ctrl-C. Throws interrupted where it was the last one to wait for.
class interrupt_reaction {
public:
  interrupt_reaction(session& session, std::string change, on_interrupt reaction, progress& view)
      : session_{session}, change_{std::move(change)}, reaction_{reaction}, view_{view} {}

  bool has_aborted() const { return aborted_; }

  void check() {
    if (interrupts == 0)
      return;
    if (reaction_ == on_interrupt::abort_change && !aborted_)
      abort();
    else if (interrupts > 1 || reaction_ == on_interrupt::leave)
      throw interrupted{"stopped waiting for change " + change_ + "; it goes on without being watched"};
  }

private:
  void abort() {
    aborted_ = true;
    view_.say("Aborting change " + change_ + "; press Ctrl-C again to stop waiting.");
    try {
      session_.post("/v2/changes/" + percent_encode(change_), {{"action", "abort"}});
    } catch (const failure& error) {
      view_.say(printable(error.what()));
    }
  }

  session& session_;
  std::string change_;
  on_interrupt reaction_;
  progress& view_;
  bool aborted_ = false;
};

std::string error_of(const json::object& change, bool aborted) {
  auto text = text_of(change, "err");
  if (!text.empty())
    return text;
  if (aborted)
    return "change " + text_of(change, "id") + " has been aborted, and what it did is undone";
  return "change finished in status \"" + text_of(change, "status") + "\" with no error message";
}

} // namespace

json::object follow(session& session, const std::string& change, on_interrupt reaction) {
  interrupt_counter counter;
  progress view{progress::chosen(session.json)};
  interrupt_reaction interrupt{session, change, reaction, view};
  auto target = "/v2/changes/" + percent_encode(change);
  auto pause = std::chrono::milliseconds{first_pause};
  auto last_answer = steady::now();
  for (;;) {
    try {
      auto state = session.get(target);
      last_answer = steady::now();
      view.show(as_object(state));
      if (flag_of(as_object(state), "ready")) {
        if (text_of(as_object(state), "status") != "Done")
          throw change_failed{change, error_of(as_object(state), interrupt.has_aborted())};
        return as_object(state);
      }
    } catch (const change_failed&) {
      throw;
    } catch (const api_error&) {
      throw;
    } catch (const failure&) {
      // A daemon that is restarted takes its changes up again.
      if (steady::now() - last_answer > daemon_absence)
        throw;
    }
    interrupt.check();
    std::this_thread::sleep_for(pause);
    interrupt.check();
    pause = std::min<std::chrono::milliseconds>(pause * 2, longest_pause);
  }
}

int finish(session& session, const std::string& change,
           const std::function<void(const json::object&)>& done) {
  if (session.no_wait) {
    if (session.json)
      print_json(json::object{{"id", change}});
    else
      std::cout << change << '\n';
    return exit_code::ok;
  }
  auto ended = follow(session, change, on_interrupt::abort_change);
  if (session.json)
    print_json(ended);
  else
    done(ended);
  return exit_code::ok;
}

} // namespace troupe::cli
