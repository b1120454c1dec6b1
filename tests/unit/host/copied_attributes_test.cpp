#include <catch2/catch.hpp>

#include <cstdlib>
#include <optional>

#include <sys/stat.h>
#include <sys/xattr.h>

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

bool set_attribute(const fs::path& file, const char* name, const std::string& value) {
  return lsetxattr(file.c_str(), name, value.data(), value.size(), 0) == 0;
}

std::optional<std::string> attribute(const fs::path& file, const char* name) {
  std::string value(256, '\0');
  const ssize_t length = lgetxattr(file.c_str(), name, value.data(), value.size());
  if (length < 0)
    return std::nullopt;
  return value.substr(0, static_cast<std::size_t>(length));
}

/// An access control list that gives user 1234 the right to read.
/// Source: linux/posix_acl_xattr.h: version 2, then tag, permissions and id of each entry.
std::string access_list(unsigned mode) {
  std::string list{"\x02\x00\x00\x00", 4};
  const auto add = [&](std::uint16_t tag, unsigned permissions, std::uint32_t id) {
    list += {static_cast<char>(tag), '\0', static_cast<char>(permissions & 7U), '\0'};
    for (unsigned shift = 0; shift < 32; shift += 8)
      list += static_cast<char>(id >> shift);
  };
  constexpr std::uint32_t none = 0xffffffff;
  add(0x01, mode >> 6U, none);
  add(0x02, 4, 1234);
  add(0x04, mode >> 3U, none);
  add(0x10, mode >> 3U, none);
  add(0x20, mode, none);
  return list;
}

constexpr uid_t nobody = 65534;

/// Makes the process nobody's for a while.
class unprivileged_user {
public:
  unprivileged_user() {
    REQUIRE(setegid(nobody) == 0);
    REQUIRE(seteuid(nobody) == 0);
  }
  unprivileged_user(const unprivileged_user&) = delete;
  unprivileged_user& operator=(const unprivileged_user&) = delete;
  ~unprivileged_user() {
    if (seteuid(0) != 0 || setegid(0) != 0)
      std::abort();
  }
};

} // namespace

TEST_CASE("a copied tree keeps owners and extended attributes") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "text");
  REQUIRE(chown((dir / "from/f").c_str(), 1234, 2345) == 0);
  fs::permissions(dir / "from/f", fs::perms{04755});
  const bool has_attributes = setxattr((dir / "from/f").c_str(), "user.troupe", "value", 5, 0) == 0;
  fs::create_symlink("f", dir / "from/link");
  REQUIRE(lchown((dir / "from/link").c_str(), 1234, 2345) == 0);
  REQUIRE(chown((dir / "from").c_str(), 1234, 2345) == 0);

  files.copy_tree(dir / "from", dir / "to");
  for (const char* name : {"", "f", "link"}) {
    CHECK(status_of(dir / "to" / name).st_uid == 1234);
    CHECK(status_of(dir / "to" / name).st_gid == 2345);
  }
  CHECK((status_of(dir / "to/f").st_mode & 07777) == 04755);
  if (has_attributes) {
    std::string value(5, '\0');
    CHECK(getxattr((dir / "to/f").c_str(), "user.troupe", value.data(), value.size()) == 5);
    CHECK(value == "value");
  }
}

TEST_CASE("a copied tree keeps the extended attributes of directories, links and pipes") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/sub");
  put(dir / "from/f", "text");
  fs::create_symlink("f", dir / "from/link");
  REQUIRE(mkfifo((dir / "from/pipe").c_str(), 0600) == 0);
  const std::vector<std::string> names{".", "sub", "f", "link", "pipe"};
  for (const std::string& name : names)
    if (!set_attribute(dir / "from" / name, "trusted.troupe", name)) {
      WARN("skipped: no trusted attributes here");
      return;
    }
  files.copy_tree(dir / "from", dir / "to");
  for (const std::string& name : names) {
    INFO(name);
    CHECK(attribute(dir / "to" / name, "trusted.troupe") == name);
  }
}

TEST_CASE("a copied tree keeps access control lists") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "text");
  const std::string list = access_list(0640);
  if (!set_attribute(dir / "from/f", "system.posix_acl_access", list) ||
      !set_attribute(dir / "from", "system.posix_acl_default", list)) {
    WARN("skipped: no access control lists here");
    return;
  }
  files.copy_tree(dir / "from", dir / "to");
  CHECK(attribute(dir / "to/f", "system.posix_acl_access") == list);
  CHECK(attribute(dir / "to", "system.posix_acl_default") == list);
  CHECK(status_of(dir / "to/f").st_mode == status_of(dir / "from/f").st_mode);
}

TEST_CASE("a copied tree takes no access control lists from the directory it comes to lie in") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/sub");
  fs::create_directory(dir / "there");
  put(dir / "from/sub/f", "text");
  if (!set_attribute(dir / "there", "system.posix_acl_default", access_list(0660))) {
    WARN("skipped: no access control lists here");
    return;
  }
  files.copy_tree(dir / "from", dir / "there/to");
  for (const char* name : {".", "sub", "sub/f"}) {
    INFO(name);
    CHECK_FALSE(attribute(dir / "there/to" / name, "system.posix_acl_access"));
    CHECK_FALSE(attribute(dir / "there/to" / name, "system.posix_acl_default"));
    CHECK(status_of(dir / "there/to" / name).st_mode == status_of(dir / "from" / name).st_mode);
  }
}

TEST_CASE("a copied tree keeps what a program's file may do") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "text");
  REQUIRE(chown((dir / "from/f").c_str(), 1234, 2345) == 0);
  fs::permissions(dir / "from/f", fs::perms{06755});
  // Source: linux/capability.h, struct vfs_cap_data: revision 2, cap_net_bind_service permitted.
  const std::string capability{
      "\x00\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20};
  const bool has_capability = set_attribute(dir / "from/f", "security.capability", capability);
  files.copy_tree(dir / "from", dir / "to");
  CHECK((status_of(dir / "to/f").st_mode & 07777) == 06755);
  if (has_capability)
    CHECK(attribute(dir / "to/f", "security.capability") == capability);
}

TEST_CASE("a daemon without privileges copies what it can read, with attributes") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/mine", "text");
  put(dir / "from/other", "text");
  fs::permissions(dir / "from/other", fs::perms{06755});
  const bool has_attribute = set_attribute(dir / "from/mine", "user.troupe", "value");
  fs::permissions(dir / "from/mine", fs::perms{0400});
  for (const char* name : {"", "from", "from/mine"})
    REQUIRE(chown((dir / name).c_str(), nobody, nobody) == 0);
  {
    unprivileged_user user;
    REQUIRE_NOTHROW(files.copy_tree(dir / "from", dir / "to"));
  }
  CHECK(text_of(dir / "to/mine") == "text");
  CHECK((status_of(dir / "to/mine").st_mode & 07777) == 0400);
  if (has_attribute)
    CHECK(attribute(dir / "to/mine", "user.troupe") == "value");
  CHECK(status_of(dir / "to/other").st_uid == nobody);
  // Not with the daemon's rights instead of root's.
  CHECK((status_of(dir / "to/other").st_mode & 07777) == 0755);
}
