#include "runtime/store/stores.hpp"

#include "runtime/snap/image.hpp"

namespace troupe {

snap_info stores::image_info(const std::filesystem::path& image) { return read_image_info(image); }

} // namespace troupe
