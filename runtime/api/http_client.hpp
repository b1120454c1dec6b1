#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// An error that the daemon answered.
class api_error : public failure {
public:
  api_error(int status, std::string word, const std::string& message, std::string value);

  int status() const { return status_; }

  /// The API's kind as it came; empty where there was none.
  const std::string& word() const { return word_; }

private:
  int status_;
  std::string word_;
};

/// Asks a daemon over its socket, one request at a time, on a connection that is kept and made again
/// when the daemon closed it. Every call throws failure (unavailable) if there is no daemon, if the
/// connection breaks, or if no answer comes within limits::api_answer. For one thread at a time.
class http_client {
public:
  struct answer {
    int status = 0;
    std::string body;
    json::value parsed; ///< null unless the body is JSON.
  };

  /// Told how many bytes of a form's files were sent, and how many they have together.
  using progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

  explicit http_client(std::filesystem::path socket);
  http_client(http_client&&) noexcept;
  http_client& operator=(http_client&&) noexcept;
  ~http_client();

  /// A target is a path with its query, percent-encoded.
  answer get(const std::string& target);
  answer post(const std::string& target, const json::value& body);
  answer put(const std::string& target, const json::value& body);

  /// Hands on the body of the answer as it comes, however long that takes, until `take` returns false.
  /// An error is returned whole, and so is what isn't a success.
  answer get_stream(const std::string& target, const std::function<bool(std::string_view)>& take);

  /// Sends a form: the fields in order, then the files, each under the same field name. Throws failure
  /// too where a file can't be read or isn't a regular one. told may be empty.
  answer post_form(const std::string& target,
                   const std::vector<std::pair<std::string, std::string>>& fields,
                   const std::string& file_field, const std::vector<std::filesystem::path>& files,
                   const progress& told = {});
  answer post_form(const std::string& target,
                   const std::vector<std::pair<std::string, std::string>>& fields,
                   const std::string& file_field, const std::filesystem::path& file,
                   const progress& told = {});

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// The result of a sync or async envelope. Throws api_error for an error envelope, and failure where
/// the answer is none of these.
json::value result_of(const http_client::answer& from);

/// The change that an async envelope names. Throws as result_of, and failure where it names none.
std::string change_of(const http_client::answer& from);

} // namespace troupe
