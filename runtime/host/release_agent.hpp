#pragma once

#include <filesystem>
#include <memory>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/freezer_groups.hpp"

namespace troupe::host {

/// Has the kernel start a program whenever a group of the freezer hierarchy has become empty. There is
/// one such program on a host: the former one is kept in a file and put back at the end.
class release_agent {
public:
  /// Throws troupe::failure where the kernel doesn't take it, or where the agent of another daemon that
  /// lives is registered.
  release_agent(std::shared_ptr<freezer_groups> groups, std::filesystem::path program,
                std::filesystem::path former);
  ~release_agent();
  release_agent(const release_agent&) = delete;
  release_agent& operator=(const release_agent&) = delete;

private:
  std::shared_ptr<freezer_groups> groups_;
  std::filesystem::path program_;
  std::filesystem::path former_;
  file_descriptor lock_;
};

} // namespace troupe::host
