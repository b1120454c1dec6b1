#pragma once

#include "tests/support/world.hpp"

namespace troupe::test {

/// A store in a directory, unsigned, which a daemon is told of. `troupe store` keeps it.
class local_store {
public:
  /// Throws std::runtime_error, as the others do, where `troupe store` fails.
  explicit local_store(const world& of) : of_{of} {
    run({"init"});
    write_file(of.in_root("etc/troupe/stores.yaml"),
               "- name: mine\n  location: " + directory().string() + "\n  trust: none\n");
  }

  std::filesystem::path directory() const { return of_.where.work() / "store"; }

  /// Packs a snap and releases it as the next revision.
  void offer(const snap_source& source, const std::string& channel = "stable") const {
    run({"add", of_.make_snap(source).string(), "--channel", channel});
  }

  /// Runs `troupe store` with these words and the store's directory behind the first.
  void run(std::vector<std::string> words) const {
    words.insert(words.begin() + 1, directory().string());
    words.insert(words.begin(), {built("troupe"), "store"});
    auto result = run_program(words, of_.user());
    if (result.exit_code != 0)
      throw std::runtime_error{"cannot keep the test's store: " + result.err};
  }

private:
  const world& of_;
};

} // namespace troupe::test
