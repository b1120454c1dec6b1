#pragma once

#include <string>
#include <vector>

#include <sys/stat.h>

namespace troupe::host {

/// Gives copies the owner, extended attributes (access control lists among them), mode and times of what
/// they were copied from. A daemon without privileges keeps what it may: where it can't keep the owner,
/// the copy doesn't run as its owner or group either.
class attribute_copier {
public:
  attribute_copier();

  /// For a file or a directory, open on both sides. `what` begins the message of a failure.
  void copy(int from, int to, const struct stat& status, const std::string& what);

  /// For a link, pipe, socket or device, by its name in two open directories.
  void copy_named(int from, int to, const std::string& name, const struct stat& status,
                  const std::string& what);

private:
  struct place;

  std::vector<std::string> names_of(const place& at, const std::string& what);
  void copy_extended(const place& from, const place& to, const std::string& what);
  void copy_value(const place& from, const place& to, const std::string& name, const std::string& what);

  std::string names_; ///< Room for what the system lists.
  std::string value_;
};

} // namespace troupe::host
