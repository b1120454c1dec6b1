#include "runtime/api/incoming.hpp"

#include <utility>

#include "runtime/api/target.hpp"
#include "runtime/limits.hpp"

namespace troupe {

void incoming::head(std::string_view method, std::string_view target, std::string_view content_type,
                    const std::filesystem::path& spool,
                    const std::function<void(const request&)>& screen) {
  request_.method = method;
  try {
    auto [path, query] = parse_target(target);
    request_.path = std::move(path);
    request_.query = std::move(query);
    auto boundary = form_boundary(content_type);
    request_.is_form = boundary.has_value();
    if (screen)
      screen(request_);
    if (boundary)
      form_ = std::make_unique<form>(*boundary, spool);
  } catch (const failure& why) {
    refuse(why);
  }
}

bool incoming::body(std::string_view bytes) {
  received_bytes_ += bytes.size();
  if (!refusal_) {
    try {
      store(bytes);
    } catch (const failure& why) {
      refuse(why);
    }
  }
  return received_bytes_ <= limits::api_drain_bytes + (request_.is_form ? limits::upload_bytes : 0);
}

void incoming::store(std::string_view bytes) {
  auto limit = form_ ? limits::upload_bytes : limits::api_body_bytes;
  if (received_bytes_ > limit)
    throw failure{failure_kind::too_large,
                  "cannot read request: its body is longer than " + std::to_string(limit) + " bytes"};
  if (form_)
    form_->parser.feed(bytes);
  else
    request_.body.append(bytes);
}

void incoming::end() {
  if (refusal_ || !form_)
    return;
  try {
    form_->parser.finish();
  } catch (const failure& why) {
    refuse(why);
  }
}

void incoming::refuse(const failure& why) {
  refusal_ = why;
  form_.reset();
  request_.body = {};
}

std::pair<request, spooled_files> incoming::take() {
  spooled_files files;
  if (form_)
    std::tie(request_.parts, files) = form_->spool.take();
  return {std::move(request_), std::move(files)};
}

} // namespace troupe
