#include "runtime/api/exchange.hpp"

#include <utility>

#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"

namespace troupe {

exchange::exchange(request what, spooled_files files, std::function<void(response)> send,
                   std::shared_ptr<const std::atomic<bool>> gone)
    : what_{std::move(what)}, files_{std::move(files)}, send_{std::move(send)}, gone_{std::move(gone)} {}

exchange::~exchange() {
  if (!replied_)
    reply(error(failure{failure_kind::internal, "cannot answer " + what_.method + " " + what_.path +
                                                    ": the request was dropped"}));
}

void exchange::reply(response answer) {
  if (!replied_.exchange(true))
    send_(std::move(answer));
}

std::filesystem::path exchange::keep_file(std::size_t part) {
  if (part >= what_.parts.size() || what_.parts[part].file.empty())
    throw failure{"cannot read form: part " + std::to_string(part + 1) + " is not a file"};
  files_.keep(what_.parts[part].file);
  return what_.parts[part].file;
}

} // namespace troupe
