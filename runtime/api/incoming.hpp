#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "messages/failure.hpp"
#include "runtime/api/multipart.hpp"
#include "runtime/api/request.hpp"
#include "runtime/api/spool.hpp"

namespace troupe {

/// Puts a request together as its parts arrive. After a refusal it still takes the body, and drops it,
/// because a client that is cut off while it sends reports a broken pipe in place of the answer.
class incoming {
public:
  explicit incoming(const peer& from) { request_.from = from; }

  /// Takes the request's head. screen may throw failure to refuse it before anything is stored.
  void head(std::string_view method, std::string_view target, std::string_view content_type,
            const std::filesystem::path& spool, const std::function<void(const request&)>& screen);

  /// Takes a piece of the body. Returns false if it has grown too long to be drained any further.
  bool body(std::string_view bytes);

  /// Says that the body has ended.
  void end();

  void refuse(const failure& why);
  const std::optional<failure>& refusal() const { return refusal_; }

  std::pair<request, spooled_files> take();

private:
  struct form {
    form(const std::string& boundary, const std::filesystem::path& directory)
        : spool{directory}, parser{boundary, spool} {}
    upload_spool spool;
    multipart_parser parser;
  };

  void store(std::string_view bytes);

  request request_;
  std::unique_ptr<form> form_;
  std::uint64_t received_bytes_ = 0;
  std::optional<failure> refusal_;
};

} // namespace troupe
