#include "cli/load/load_snaps.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <system_error>

#include "messages/failure.hpp"
#include "runtime/snap/pack.hpp"

namespace troupe::load {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t data_bytes = 32U << 10;
constexpr const char* shell = "#!/bin/sh\n";

using files = std::map<std::string, std::string>;

std::string random_bytes(std::mt19937_64& chance) {
  std::string result(data_bytes, '\0');
  for (auto& byte : result)
    byte = static_cast<char>(chance());
  return result;
}

fs::path pack_files(const fs::path& directory, const std::string& called, const files& content) {
  auto tree = directory / "tree";
  for (const auto& [name, bytes] : content) {
    fs::create_directories((tree / name).parent_path());
    std::ofstream out{tree / name, std::ios::binary};
    out << bytes;
    out.close();
    if (!out)
      throw failure{"cannot write " + (tree / name).string() + ": is there room left?"};
    fs::permissions(tree / name, fs::perms{0755});
  }
  auto image = pack(tree, directory / (called + ".snap"), {"gzip"});
  fs::remove_all(tree);
  return image;
}

files base_files(const std::string& name) {
  return {{"meta/snap.yaml", "name: " + name + "\nversion: 1\nsummary: A base of a load\ntype: base\n"}};
}

files app_files(const load_snap& snap, bool with_hooks, std::mt19937_64& chance) {
  auto yaml = "name: " + snap.name + "\nversion: 1\nsummary: A snap of a load\n";
  yaml += snap.needs_base ? "base: " + std::string{name_prefix} + "base\n" : "";
  yaml += "apps:\n  " + snap.name + ":\n    command: bin/show\n";
  files result{{"meta/snap.yaml", yaml},
               {"bin/show", std::string{shell} + "echo shown\n"},
               {"data/bytes", random_bytes(chance)}};
  if (with_hooks) {
    result["meta/hooks/install"] = std::string{shell} + "echo installed > \"$SNAP_DATA/installed\"\n";
    result["meta/hooks/remove"] = std::string{shell} + "echo removed > \"$SNAP_COMMON/removed\"\n";
  }
  return result;
}

files failing_files(files good) {
  good["meta/hooks/install"] = std::string{shell} + "echo 'this hook is made to fail' >&2\nexit 1\n";
  return good;
}

fs::path temporary_directory() {
  auto pattern = (fs::temp_directory_path() / "troupe-load-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw failure{"cannot make a directory for snaps at " + pattern + ": " + std::strerror(errno)};
  return pattern;
}

} // namespace

load_snaps::load_snaps(std::size_t apps, std::uint64_t seed,
                       const std::function<void(std::size_t)>& told)
    : directory_{temporary_directory()} {
  try {
    std::mt19937_64 chance{seed};
    auto base = std::string{name_prefix} + "base";
    snaps_.push_back({base, false, pack_files(directory_, base, base_files(base)), {}});
    for (std::size_t i = 1; i <= apps; ++i) {
      load_snap snap{std::string{name_prefix} + "app" + std::to_string(i), i % 3 == 0, {}, {}};
      auto content = app_files(snap, i % 2 == 0, chance);
      snap.image = pack_files(directory_, snap.name, content);
      snap.failing = pack_files(directory_, snap.name + "-failing", failing_files(content));
      snaps_.push_back(std::move(snap));
      if (told)
        told(snaps_.size());
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
    throw;
  }
}

load_snaps::~load_snaps() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

} // namespace troupe::load
