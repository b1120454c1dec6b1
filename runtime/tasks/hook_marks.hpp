#pragma once

#include <map>
#include <string>

#include "messages/ids.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe {

/// Variables that every hook process of a root carries, so that a new daemon finds those that its killed
/// predecessor left running.
inline std::map<std::string, std::string> root_mark(const layout& paths) {
  return {{"TROUPE_HOOK_ROOT", paths.root().string()}};
}

inline std::map<std::string, std::string> hook_marks(const layout& paths, task_id task) {
  auto marks = root_mark(paths);
  marks.emplace("TROUPE_HOOK_TASK", to_string(task));
  return marks;
}

} // namespace troupe
