#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "messages/failure.hpp"

namespace troupe {

inline constexpr auto launcher_program = "troupe-run";
inline constexpr auto launcher_usage =
    "usage: troupe-run [--root DIR] [--shell] [--hook=HOOK] NAME[.APP] [ARGUMENTS…]\n\n"
    "Starts an application of an installed snap. The links in DIR/snap/bin lead here too.\n"
    "While the snap is being refreshed it waits.\n\n"
    "  --shell      start a shell in its place, with its environment\n"
    "  --hook=HOOK  start this hook of the snap\n"
    "  --root DIR   without it: $TROUPE_ROOT, else /\n";

/// A command line that makes no sense.
class usage_error : public failure {
public:
  using failure::failure;
};

/// What is to be started.
struct launch_order {
  std::filesystem::path root;
  std::string instance;
  std::string app;  ///< Empty: the one that has its snap's name.
  std::string hook; ///< In place of an application, or empty.
  bool shell = false;
  std::vector<std::string> arguments;
};

/// What a command line says whose first word is the launcher's own name; throws usage_error.
launch_order order_of_options(const std::vector<std::string>& words);

/// What a call by a link in snap/bin says: by its place where the root is, and by its name what to
/// start.
launch_order order_of_link(const std::vector<std::string>& words);

} // namespace troupe
