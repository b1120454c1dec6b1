#include "cli/commands/metadata.hpp"

#include "messages/failure.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

snap_info read_metadata(const std::filesystem::path& path) {
  std::error_code code;
  auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status))
    throw failure{"cannot read snap \"" + path.string() +
                  "\": " + (code ? code.message() : std::string{"No such file or directory"})};
  if (std::filesystem::is_directory(status))
    return read_directory_info(path);
  if (!std::filesystem::is_regular_file(status))
    throw failure{"cannot read snap \"" + path.string() + "\": it is neither a file nor a directory"};
  return read_image_info(path);
}

bool means_path(const std::string& argument) {
  if (argument.find('/') != argument.npos || argument.ends_with(".snap"))
    return true;
  try {
    check_instance_name(argument);
    return false;
  } catch (const failure&) {
    std::error_code code;
    return std::filesystem::exists(argument, code);
  }
}

} // namespace troupe::cli
