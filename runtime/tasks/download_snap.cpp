#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/store/stores.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_download_snap(task_context& context) {
  const auto& source = context.op().download;
  auto advance = [&](std::uint64_t bytes) {
    context.advance({"Downloading", bytes, std::max<std::uint64_t>(source.bytes, 1)});
  };
  context.host.stores->download(source, context.op().image, advance, context.stop);
  return done();
}

outcome undo_download_snap(task_context& context) {
  const auto& image = context.op().image;
  context.os().files->remove_file(image);
  context.os().files->remove_file(partial_download(image));
  return done();
}

// The plan was made from what the store's index says of the image.
outcome perform_validate_snap(task_context& context) {
  const auto& op = context.op();
  auto found = context.host.stores->image_info(op.image);
  found.image_bytes = op.info->image_bytes;
  if (found != *op.info)
    throw failure{"cannot use revision " + to_string(op.rev) + " of snap \"" + op.snap +
                  "\": its metadata isn't what store \"" + op.download.store + "\" says"};
  return done();
}

} // namespace troupe::tasks
