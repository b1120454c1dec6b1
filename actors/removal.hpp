#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/work.hpp"
#include "runtime/host/files.hpp"

namespace troupe {

/// Work that removes files, each of them although others can't be removed, and then fails as the last of
/// those did.
inline blocking_work removal_of(std::vector<std::string> unwanted, std::shared_ptr<host::files> files) {
  auto remove = [unwanted = std::move(unwanted), files = std::move(files)] {
    std::exception_ptr problem;
    for (const auto& file : unwanted) {
      try {
        files->remove_file(file);
      } catch (const std::exception&) {
        problem = std::current_exception();
      }
    }
    if (problem)
      std::rethrow_exception(problem);
  };
  return std::make_shared<const std::function<void()>>(std::move(remove));
}

} // namespace troupe
