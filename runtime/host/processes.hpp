#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace troupe::host {

struct process_spec {
  /// The program and its arguments; a program without a slash is looked for in PATH of `env`.
  std::vector<std::string> argv;
  /// The whole environment.
  std::map<std::string, std::string> env;
  /// Where it starts; empty for the daemon's own directory.
  std::filesystem::path cwd;
  /// Zero for no limit.
  duration time_limit{};
  /// How much of the end of the output is kept.
  std::size_t output_limit = 0;
};

struct process_result {
  /// -1 if a signal ended it, or if it wasn't started because a stop was asked for before.
  int exit_status = -1;
  /// The signal that ended it, or 0.
  int signal = 0;
  bool timed_out = false;
  bool stopped = false;
  /// The last bytes of standard output and standard error, in the order in which they were written.
  std::string output;
  /// Whether there was more output before the kept bytes.
  bool output_truncated = false;

  bool succeeded() const { return exit_status == 0 && !timed_out && !stopped; }
};

class processes {
public:
  virtual ~processes() = default;

  /// Runs a program to its end, in a session and process group of its own, with /dev/null as its input;
  /// whatever is left of its group is killed then. At the time limit, or when a stop is asked for, the
  /// group gets SIGTERM and, after limits::process_stop_grace, SIGKILL. If the daemon dies, so does the
  /// program. `on_output` gets each piece of output in the calling thread. Throws troupe::failure
  /// `cannot run PROGRAM: reason` if it can't be started.
  virtual process_result run(const process_spec& spec, std::stop_token stop,
                             std::function<void(std::string_view)> on_output = {}) = 0;

  /// Kills every process whose environment holds all these variables with these values, and waits until
  /// they are gone, at most limits::process_stop_grace. Returns how many are gone. No marks match
  /// nothing.
  virtual std::size_t kill_marked(const std::map<std::string, std::string>& marks) = 0;
};

} // namespace troupe::host
