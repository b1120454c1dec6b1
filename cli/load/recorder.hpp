#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cli/load/operation.hpp"
#include "cli/load/process_numbers.hpp"

namespace troupe::load {

/// How a change ended, or that an answer came.
enum class ending : std::uint8_t {
  well,       ///< Done, or a failing install that was undone.
  aborted,    ///< Not Done, and somebody had asked for that.
  unexpected, ///< Not as meant.
  unknown,    ///< Nobody waited for its end.
};

/// Refusals of one sort.
struct refusal_count {
  std::uint64_t count = 0;
  std::string example; ///< What the daemon said the first time.
};

/// Of one kind of operation; latencies in milliseconds from when it was due.
struct kind_record {
  std::vector<float> until_answered; ///< Accepted, for what makes a change.
  std::vector<float> until_ready;    ///< Of the changes that ended.
  std::map<ending, std::uint64_t> endings;
  std::uint64_t refused = 0;
};

/// What happened between two looks at the daemon.
struct moment {
  double at_s = 0; ///< Since the load began.
  double operations_per_s = 0;
  double p50_ms = 0; ///< Of changes, until ready; 0 where none ended.
  double p99_ms = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t refused = 0; ///< Since the load began.
  std::optional<process_numbers> daemon;
};

/// Everything that the operations of a load came to.
struct records {
  std::map<operation_kind, kind_record> kinds;
  std::map<std::string, refusal_count> refusals; ///< By the API's kind, or its status.
  std::vector<std::string> problems;             ///< The first few things that must not happen.
  std::uint64_t problem_count = 0;
  std::uint64_t finished = 0;
  std::vector<moment> moments;
};

/// Collects what clients meet. For many threads.
class recorder {
public:
  void began();
  void answered(operation_kind kind, float milliseconds);
  void refused(operation_kind kind, const std::string& sort, const std::string& message);
  void ended(operation_kind kind, ending how, float milliseconds);
  void finished();
  void problem(const std::string& text);

  /// Closes the time since the last look, and tells what was in it.
  moment look(double at_s, const std::optional<process_numbers>& daemon);

  /// Takes it all out; for the end.
  records take();

private:
  std::mutex guard_;
  records all_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t finished_at_look_ = 0;
  double last_look_s_ = 0;
  std::vector<float> ready_since_look_;
};

} // namespace troupe::load
