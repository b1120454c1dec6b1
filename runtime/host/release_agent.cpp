#include "runtime/host/release_agent.hpp"

#include <fstream>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>

#include "messages/failure.hpp"
#include "runtime/host/file_descriptor.hpp"

namespace troupe::host {

namespace {

/// A daemon holds this lock beside its release agent for as long as it has that registered.
std::filesystem::path lock_beside(const std::filesystem::path& program) {
  auto lock = program;
  lock += ".lock";
  return lock;
}

/// Whether a program that is registered belongs to a daemon that lives.
bool is_in_use(const std::filesystem::path& program) {
  const file_descriptor lock{open(lock_beside(program).c_str(), O_RDONLY | O_CLOEXEC)};
  return lock && flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

std::string first_line(const std::filesystem::path& file) {
  std::string line;
  std::ifstream stream{file};
  std::getline(stream, line);
  return line;
}

} // namespace

release_agent::release_agent(std::shared_ptr<freezer_groups> groups, std::filesystem::path program,
                             std::filesystem::path former)
    : groups_{std::move(groups)}, program_{std::move(program)}, former_{std::move(former)} {
  const auto present = groups_->release_agent();
  if (present != program_ && is_in_use(present))
    throw failure{"the release agent of another daemon is registered: " + present};
  lock_ = file_descriptor{
      open(lock_beside(program_).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!lock_ || flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw failure{"cannot lock \"" + lock_beside(program_).string() + "\""};
  // One that a killed daemon has left is not to be put back.
  if (present != program_)
    std::ofstream{former_} << (std::filesystem::exists(present) ? present : std::string{}) << '\n';
  groups_->set_release_agent(program_);
}

release_agent::~release_agent() {
  try {
    if (groups_->release_agent() == program_)
      groups_->set_release_agent(first_line(former_));
  } catch (const failure& why) {
    spdlog::warn("{}", why.what());
  }
}

} // namespace troupe::host
