#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/api/http_client.hpp"
#include "runtime/json/json.hpp"

namespace troupe::cli {

/// Exit codes. Source: the snap client's.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int conflict = 10;
inline constexpr int usage = 64;
inline constexpr int interrupted = 130;
} // namespace exit_code

/// A command line that makes no sense; exit code 64.
class usage_error : public failure {
public:
  using failure::failure;
};

/// An ended change that didn't do what was asked.
class change_failed : public failure {
public:
  change_failed(std::string change, const std::string& message)
      : failure{message}, change_{std::move(change)} {}

  const std::string& change() const { return change_; }

private:
  std::string change_;
};

/// The second interrupt during a wait: the change goes on without us.
class interrupted : public failure {
public:
  using failure::failure;
};

/// A form with snap files in it.
struct file_form {
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::filesystem::path> files;
  http_client::progress sent; ///< Gets the files' bytes that were sent, and their total; may be empty.
};

/// What one call of the client works with: the global options, the daemon and the command to run.
class session {
public:
  std::filesystem::path root;
  bool json = false;
  bool no_wait = false;
  std::function<int()> action; ///< Set by the command that the arguments name.

  /// Returns the result of a GET. Throws api_error, or failure where no daemon answers.
  troupe::json::value get(const std::string& target);

  /// Hands on the body of a GET as it comes. Throws like get.
  void get_stream(const std::string& target, const std::function<bool(std::string_view)>& take);

  /// Starts a change by JSON and returns its id. Throws like get.
  std::string start_change(const std::string& target, const troupe::json::object& request);

  /// The same by PUT.
  std::string start_change_by_put(const std::string& target, const troupe::json::object& request);

  /// Starts a change by a multipart form.
  std::string start_change_by_form(const std::string& target, const file_form& form);

  /// Posts JSON that the daemon answers at once.
  troupe::json::value post(const std::string& target, const troupe::json::object& request);

  /// Posts a multipart form that the daemon answers at once.
  troupe::json::value post_form(const std::string& target, const file_form& form);

private:
  http_client& daemon();

  std::optional<http_client> daemon_;
};

/// Where the API has a snap. Throws failure for what can't be a snap's name.
std::string snap_target(const std::string& name);

/// The word that a program can tell an error by; empty where there is none.
std::string word_of(const failure& error);

/// Tells the user about an error, in JSON if so asked.
void report(const session& session, const failure& error);

/// The exit code of an error.
int code_of(const failure& error);

} // namespace troupe::cli
