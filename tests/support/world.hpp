#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/api.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/running_daemon.hpp"
#include "tests/support/temporary_root.hpp"

/// Ends a test case with a note unless it runs as root.
#define TROUPE_NEEDS_ROOT()                                                                             \
  if (geteuid() != 0) {                                                                                 \
    WARN("skipped: needs root");                                                                        \
    return;                                                                                             \
  }

namespace troupe::test {

/// A daemon on a root of its own, and what a test asks it with.
struct world {
  explicit world(std::vector<std::string> daemon_options = {}, environment daemon_variables = {})
      : daemon{where.root(), std::move(daemon_options), std::move(daemon_variables)},
        api{daemon.client()} {}

  temporary_root where;
  running_daemon daemon;
  http_client api;

  std::filesystem::path root() const { return where.root(); }
  std::filesystem::path in_root(const std::string& path) const { return where.root() / path; }

  /// Where packed snaps of the test lie.
  std::filesystem::path snaps() const { return where.work() / "snaps"; }

  std::filesystem::path make_snap(const snap_source& source) const {
    return test::make_snap(snaps(), source);
  }

  /// The words of a call of the client `troupe` for this daemon.
  std::vector<std::string> troupe_words(std::vector<std::string> words) const {
    words.insert(words.begin(), {built("troupe"), "--root", root().string()});
    return words;
  }

  environment user() const { return {{"HOME", (where.work() / "home").string()}}; }

  program_result troupe(std::vector<std::string> words) const {
    return run_program(troupe_words(std::move(words)), user());
  }

  /// A call of the client that has to succeed.
  program_result fine(const std::vector<std::string>& words) const {
    auto result = troupe(words);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    return result;
  }

  /// How the daemon shows images: kernel, squashfuse or unpacked.
  std::string images() {
    auto result = result_of(api.get("/v2/troupe/facilities")).as_object();
    for (const auto& facility : result.at("facilities").as_array())
      if (text(facility.as_object(), "name") == "images")
        return text(facility.as_object(), "chosen");
    return {};
  }

  /// Waits until a slow_hook of this snap runs.
  bool hook_started(const std::string& snap) const {
    return eventually([&] { return std::filesystem::exists(common_data(snap) / "started"); });
  }

  /// Lets a slow_hook of this snap end.
  void let_hook_go(const std::string& snap) const { write_file(common_data(snap) / "go", ""); }

  std::filesystem::path common_data(const std::string& snap) const {
    return in_root("var/snap") / snap / "common";
  }
};

} // namespace troupe::test
