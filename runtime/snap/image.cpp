#include "runtime/snap/image.hpp"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/apps.hpp"
#include "runtime/snap/child.hpp"
#include "runtime/snap/image_tree.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/snap_tree.hpp"
#include "runtime/snap/snap_yaml.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

const std::string yaml_path = "meta/snap.yaml";
const std::string hooks_path = "meta/hooks";

std::string octal(std::uint32_t mode) {
  std::string result = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3U)
    result[i] = static_cast<char>('0' + (mode & 7U));
  return result;
}

/// Reads a snap's metadata, and checks it against the snap's files.
class reader {
public:
  explicit reader(snap_tree& tree) : tree_{tree} {}

  snap_info read() {
    auto info = parse_snap_yaml(yaml_text());
    add_hooks(info);
    for (const auto& hook : info.hooks) {
      auto what = "hook " + in_quotes(hook.name);
      check_executable(what, hooks_path + "/" + hook.name, owner_bits);
      for (const auto& command : hook.command_chain)
        check_executable(what, command, owner_bits);
    }
    for (const auto& app : info.apps)
      check_app(app);
    return info;
  }

private:
  // Services and hooks run as root, applications as anybody.
  static constexpr std::uint32_t owner_bits = 0500;
  static constexpr std::uint32_t everybody_bits = 0555;

  std::string yaml_text() {
    auto entry = tree_.stat(yaml_path);
    if (!entry)
      refuse(yaml_path + " is missing");
    if (entry->kind != entry_kind::file)
      refuse(yaml_path + " isn't a regular file");
    if ((entry->mode & 0444U) != 0444U)
      refuse(yaml_path + " must be readable by everybody (its mode is " + octal(entry->mode) + ")");
    return tree_.read(yaml_path, limits::snap_yaml_bytes);
  }

  void add_hooks(snap_info& info) {
    auto entry = tree_.stat(hooks_path);
    if (!entry)
      return;
    if (entry->kind != entry_kind::directory)
      refuse(hooks_path + " isn't a directory");
    for (const auto& name : tree_.list(hooks_path, limits::snap_hooks)) {
      try {
        check_hook_name(name);
      } catch (const failure& fault) {
        refuse(hooks_path + ": " + fault.what());
      }
      auto place = std::ranges::lower_bound(info.hooks, name, {}, &hook_info::name);
      if (place == info.hooks.end() || place->name != name)
        info.hooks.insert(
            place, {.name = name, .plugs = {}, .slots = {}, .environment = {}, .command_chain = {}});
    }
  }

  void check_app(const app_info& app) {
    auto what = "app " + in_quotes(app.name);
    auto bits = app.is_service() ? owner_bits : everybody_bits;
    check_executable(what, app.command, bits);
    if (!app.stop_command.empty())
      check_executable(what, app.stop_command, bits);
    for (const auto& command : app.command_chain)
      check_executable(what, command, bits);
  }

  void check_executable(const std::string& what, const std::string& command, std::uint32_t bits) {
    std::string path{file_of_command(command)};
    auto end = follow(tree_, path);
    auto where = what + ": file " + in_quotes(path);
    switch (end.end) {
    case followed_path::end_kind::outside:
      return;
    case followed_path::end_kind::climbing:
      refuse(where + " is a link that leads out of the snap");
    case followed_path::end_kind::missing:
      refuse(where + " is missing");
    case followed_path::end_kind::found:
      break;
    }
    if (end.entry.kind != entry_kind::file)
      refuse(where + " isn't a regular file");
    if ((end.entry.mode & bits) != bits)
      refuse(where + " isn't executable" + (bits == everybody_bits ? " by everybody" : "") +
             " (its mode is " + octal(end.entry.mode) + ")");
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw failure{"cannot read " + tree_.name() + ": " + why};
  }

  snap_tree& tree_;
};

/// Empties a directory, which is removed as well where it wasn't there before.
void clear(const fs::path& directory, bool was_there) {
  std::error_code ignored;
  if (!was_there) {
    fs::remove_all(directory, ignored);
    return;
  }
  for (const auto& entry : fs::directory_iterator{directory, ignored})
    fs::remove_all(entry.path(), ignored);
}

} // namespace

snap_info read_image_info(const fs::path& image) {
  auto tree = open_image_tree(image);
  auto info = reader{*tree}.read();
  info.image_bytes = fs::file_size(image);
  return info;
}

snap_info read_directory_info(const fs::path& directory) {
  auto tree = open_directory_tree(directory);
  return reader{*tree}.read();
}

void unpack_image(const fs::path& image, const fs::path& directory) {
  auto no = [&](failure_kind kind, const std::string& why) {
    throw failure{kind, "cannot unpack " + in_quotes(image.native()) + ": " + why};
  };
  std::error_code error;
  bool was_there = fs::exists(directory, error);
  if (was_there && !fs::is_empty(directory, error))
    no(failure_kind::internal, in_quotes(directory.native()) + " isn't an empty directory");
  // Errors in writing would otherwise be passed over.
  std::vector<std::string> command{"unsquashfs", "-no-progress", "-quiet", "-strict-errors", "-force"};
  if (geteuid() != 0)
    command.emplace_back("-no-xattrs");
  command.insert(command.end(), {"-dest", fs::absolute(directory), fs::absolute(image)});
  try {
    auto result = run_child(command, limits::snap_listing_bytes);
    bool is_full = result.errors.find("No space left on device") != std::string::npos;
    if (result.exit_code != 0 || result.is_cut)
      no(is_full ? failure_kind::insufficient_space : failure_kind::bad_request,
         is_full ? "no space left on device" : "unsquashfs: " + last_line(result));
  } catch (...) {
    clear(directory, was_there);
    throw;
  }
}

} // namespace troupe
