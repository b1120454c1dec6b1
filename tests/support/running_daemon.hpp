#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/api/http_client.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::test {

/// A trouped on a root of a test's own. It ends with this object.
class running_daemon {
public:
  /// Starts it with these options besides --root and these variables in its environment, and returns
  /// once it answers. Throws std::runtime_error with its log if it doesn't.
  explicit running_daemon(const std::filesystem::path& root, std::vector<std::string> options = {},
                          environment variables = {});
  ~running_daemon();

  /// Starts it after stop or kill_hard.
  void start();

  /// Ends it by SIGTERM and returns its exit code; -1 where a signal ended it.
  int stop();

  /// Ends it by SIGKILL.
  void kill_hard();

  /// Ends it by SIGTERM and starts it.
  void restart();

  pid_t pid() const { return process_->pid(); }

  /// Whether it has died by itself, or didn't start.
  bool has_ended() const { return !process_ || process_->has_ended(); }
  std::filesystem::path socket() const { return root_ / "run/troupe.socket"; }

  /// A new connection to it.
  http_client client() const { return http_client{socket()}; }

private:
  bool answers() const;

  std::filesystem::path root_;
  std::vector<std::string> options_;
  environment variables_;
  std::unique_ptr<program> process_;
};

} // namespace troupe::test
