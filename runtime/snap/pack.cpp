#include "runtime/snap/pack.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/snap/child.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

std::string file_name(const snap_info& info) {
  std::string architecture = "all";
  if (info.architectures.size() == 1)
    architecture = info.architectures.front();
  else if (info.architectures.size() > 1)
    architecture = "multi";
  return info.name + "_" + info.version + "_" + architecture + ".snap";
}

/// A file name as a pattern of mksquashfs that matches only it.
std::string literal_pattern(std::string_view name) {
  std::string result;
  for (char c : name) {
    if (std::string_view{"*?[]\\!()@+|"}.find(c) != std::string_view::npos)
      result += '\\';
    result += c;
  }
  return result;
}

/// Removes a file that isn't kept.
class temporary_file {
public:
  explicit temporary_file(fs::path path) : path_{std::move(path)} {}
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

  const fs::path& path() const { return path_; }

private:
  fs::path path_;
};

std::vector<std::string> command_line(const fs::path& directory, const fs::path& output,
                                      const fs::path& image, const snap_info& info,
                                      const pack_options& options) {
  std::vector<std::string> result{
      "mksquashfs", fs::absolute(directory), output, "-noappend", "-comp", options.compression,
      "-no-fragments", "-no-progress", "-quiet",
      // Applications must reach their files whatever directory it was packed from.
      "-root-mode", "0755"};
  if (info.type != snap_type::os && info.type != snap_type::base)
    result.insert(result.end(), {"-all-root", "-no-xattrs"});
  // The image may be written into the directory itself.
  result.insert(result.end(), {"-wildcards", "-e", "... " + literal_pattern(output.filename().native()),
                               literal_pattern(image.filename().native())});
  for (const auto* hidden : {".git", ".bzr", ".hg", ".svn"})
    result.push_back(std::string{"... "} + hidden);
  return result;
}

} // namespace

fs::path pack(const fs::path& directory, const fs::path& target, const pack_options& options) {
  auto no = [&](const std::string& why, failure_kind kind = failure_kind::bad_request) {
    throw failure{kind, "cannot pack " + in_quotes(directory.native()) + ": " + why};
  };
  constexpr std::array<std::string_view, 5> compressions{"xz", "lzo", "gzip", "lz4", "zstd"};
  if (std::ranges::find(compressions, options.compression) == compressions.end())
    no("compression " + in_quotes(options.compression) + " isn't one of xz, lzo, gzip, lz4, zstd");
  auto info = read_directory_info(directory);
  auto image = target;
  std::error_code error;
  if (target.empty() || fs::is_directory(target, error))
    image /= file_name(info);
  else if (!target.has_filename())
    no("directory " + in_quotes(target.native()) + " is missing");
  auto folder = fs::absolute(image).parent_path();
  if (!fs::is_directory(folder, error))
    no("directory " + in_quotes(folder.native()) + " is missing");

  temporary_file output{folder /
                        (".troupe-pack-" + std::to_string(getpid()) + "-" + image.filename().native())};
  auto result = run_child(command_line(directory, output.path(), image, info, options), 1U << 20);
  bool is_full = result.errors.find("No space left on device") != std::string::npos;
  if (result.exit_code != 0 || result.is_cut)
    no("mksquashfs: " + last_line(result),
       is_full ? failure_kind::insufficient_space : failure_kind::bad_request);
  fs::rename(output.path(), image, error);
  if (error)
    no("cannot name it " + in_quotes(image.native()) + ": " + error.message());
  return image;
}

} // namespace troupe
