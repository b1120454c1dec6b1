#include "runtime/host/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

constexpr auto what = "cannot keep the program from files";

// To truncate a file; in the kernel since 6.2, not yet in every header.
constexpr std::uint64_t truncate_file = 1ULL << 14;

constexpr std::uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_READ_FILE | truncate_file;
constexpr std::uint64_t to_read =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t of_first_version = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;

int version() {
  return static_cast<int>(
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

/// The rights that this kernel knows. Renaming into another directory came with the second version.
std::uint64_t known_rights() {
  return of_first_version | (version() >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
         (version() >= 3 ? truncate_file : 0);
}

void allow(int rules, const std::filesystem::path& path, std::uint64_t rights) {
  const file_descriptor file{open(path.c_str(), O_PATH | O_CLOEXEC)};
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0)
    return;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & of_files;
  rule.parent_fd = file.get();
  if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    throw_errno(what);
}

file_descriptor rules_about(std::uint64_t rights) {
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = rights;
  file_descriptor rules{
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0))};
  if (!rules)
    throw_errno(what);
  return rules;
}

void restrict_self(const file_descriptor& rules) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0)
    throw_errno(what);
}

/// Rules can't take away below a directory what they allow for it.
bool has_protected_part(const root_view& view, const shown_path& whole) {
  const auto is_part = [&](const shown_path& each) {
    return !each.writable && each.to != whole.to &&
           std::ranges::mismatch(whole.to, each.to).in1 == whole.to.end();
  };
  return std::ranges::any_of(view.shown, is_part);
}

} // namespace

bool has_landlock() { return version() > 0; }

bool can_leave_processes() { return version() >= 2; }

std::vector<shown_path> keep_to(const root_view& view) {
  const auto rules = rules_about(known_rights());
  for (const auto* folder : program_folders)
    allow(rules.get(), std::filesystem::path{"/"} / folder, to_read);
  for (const auto& own : view.own)
    if (own.is_common)
      allow(rules.get(), own.at, known_rights());
  if (view.terminals)
    for (const auto* at : {"/dev/pts", "/dev/ptmx"})
      allow(rules.get(), at, known_rights());
  std::vector<shown_path> left_out;
  for (const auto* list : {&view.shown, &view.within})
    for (const auto& shown : *list)
      if (shown.to == (shown.below.empty() ? shown.from : shown.from / shown.below))
        allow(rules.get(), shown.to,
              shown.writable && !has_protected_part(view, shown) ? known_rights() : to_read);
      else
        left_out.push_back(shown);
  restrict_self(rules);
  return left_out;
}

void leave_processes() {
  const auto rules = rules_about(LANDLOCK_ACCESS_FS_REFER);
  allow(rules.get(), "/", LANDLOCK_ACCESS_FS_REFER);
  restrict_self(rules);
}

} // namespace troupe::host
