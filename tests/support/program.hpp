#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace troupe::test {

using environment = std::map<std::string, std::string>;

struct program_result {
  int exit_code = -1; ///< -1: a signal ended it.
  std::string out;    ///< Its standard output.
  std::string err;    ///< Its standard error.
};

/// A program that was started with /dev/null as its input. It dies with the test.
class program {
public:
  /// The program finds PATH, a C locale and these variables in its environment, and nothing else.
  /// `cwd`: where it starts; empty for the test's own directory. Throws std::runtime_error.
  explicit program(std::vector<std::string> argv, const environment& env = {},
                   const std::filesystem::path& cwd = {});
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program();

  pid_t pid() const { return pid_; }
  bool has_ended();
  void send_signal(int signal) const;

  /// Waits until it has ended. Throws std::runtime_error if that takes absurdly long; it is killed then.
  program_result wait();

private:
  void reap();

  std::string name_;
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  int status_ = 0;
  bool reaped_ = false;
};

/// Runs a program to its end.
program_result run_program(std::vector<std::string> argv, const environment& env = {},
                           const std::filesystem::path& cwd = {});

/// The path of a program: the one beside this program, else the one of its build.
std::string built(const std::string& name);

} // namespace troupe::test
