#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "runtime/api/request.hpp"
#include "runtime/api/spool.hpp"

namespace troupe {

/// A request and the right to answer it. It may outlive the server. When it goes without a reply, the
/// client gets a 500 error; when it goes, the request's files in the spool go unless they were kept.
class exchange {
public:
  /// send is called once, from whichever thread replies; gone is set once the client has hung up.
  exchange(request what, spooled_files files, std::function<void(response)> send,
           std::shared_ptr<const std::atomic<bool>> gone);
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange();

  const request& what() const { return what_; }

  /// Answers, from any thread. Only the first reply counts.
  void reply(response answer);

  /// Makes the caller the owner of a part's file and returns its path. By one thread at a time.
  /// Throws failure where the part doesn't exist or has no file.
  std::filesystem::path keep_file(std::size_t part);

  /// Whether the client has hung up, so that nobody will read the reply. From any thread.
  bool client_gone() const { return *gone_; }

private:
  request what_;
  spooled_files files_;
  std::function<void(response)> send_;
  std::shared_ptr<const std::atomic<bool>> gone_;
  std::atomic<bool> replied_ = false;
};

} // namespace troupe
