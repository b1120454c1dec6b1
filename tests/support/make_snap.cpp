#include "tests/support/make_snap.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "runtime/snap/pack.hpp"
#include "tests/support/program.hpp"

namespace troupe::test {

namespace fs = std::filesystem;

snap_source plain_snap(const std::string& name, const std::string& version) {
  auto yaml = "name: " + name + "\nversion: \"" + version + "\"\nsummary: A snap of a test\napps:\n  " +
              name + ":\n    command: bin/show one\n";
  return {yaml, {{"bin/show", "#!/bin/sh\nenv\necho \"arguments: $*\"\n"}}, {}};
}

// It gives up after a while, lest it outlives a test that failed.
std::string slow_hook() {
  return "#!/bin/sh\n"
         "touch \"$SNAP_COMMON/started\"\n"
         "left=1200\n"
         "while [ ! -e \"$SNAP_COMMON/go\" ] && [ $left -gt 0 ]; do sleep 0.05; left=$((left - 1)); "
         "done\n";
}

void write_file(const fs::path& file, const std::string& content) {
  fs::create_directories(file.parent_path());
  std::ofstream out{file, std::ios::binary};
  out << content;
  if (!out.flush())
    throw std::runtime_error{"cannot write " + file.string()};
}

std::string read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

fs::path write_snap(const fs::path& directory, const snap_source& source) {
  auto add = [&](const fs::path& path, const std::string& content) {
    write_file(directory / path, content);
    fs::permissions(directory / path, fs::perms{0755});
  };
  add("meta/snap.yaml", source.yaml);
  for (const auto& [path, content] : source.files)
    add(path, content);
  for (const auto& [name, content] : source.hooks)
    add(fs::path{"meta/hooks"} / name, content);
  return directory;
}

fs::path make_snap(const fs::path& directory, const snap_source& source) {
  fs::create_directories(directory);
  int number = 0;
  while (fs::exists(directory / ("tree-" + std::to_string(number))))
    ++number;
  return pack(write_snap(directory / ("tree-" + std::to_string(number)), source), directory, {"gzip"});
}

fs::path pack_anything(const fs::path& directory, const fs::path& image) {
  auto packed = run_program({"/usr/bin/mksquashfs", directory.string(), image.string(), "-noappend",
                             "-comp", "gzip", "-no-progress", "-quiet", "-all-root"});
  if (packed.exit_code != 0)
    throw std::runtime_error{"mksquashfs: " + packed.err};
  return image;
}

} // namespace troupe::test
