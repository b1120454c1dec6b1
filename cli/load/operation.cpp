#include "cli/load/operation.hpp"

namespace troupe::load {

std::string_view to_word(operation_kind kind) {
  switch (kind) {
  case operation_kind::install:
    return "install";
  case operation_kind::failing_install:
    return "failing-install";
  case operation_kind::install_many:
    return "install-many";
  case operation_kind::remove:
    return "remove";
  case operation_kind::disable:
    return "disable";
  case operation_kind::enable:
    return "enable";
  case operation_kind::abort:
    return "abort";
  case operation_kind::list:
    return "list";
  case operation_kind::info:
    return "info";
  case operation_kind::changes:
    return "changes";
  case operation_kind::all_changes:
    return "all-changes";
  }
  return "";
}

bool makes_change(operation_kind kind) {
  switch (kind) {
  case operation_kind::install:
  case operation_kind::failing_install:
  case operation_kind::install_many:
  case operation_kind::remove:
  case operation_kind::disable:
  case operation_kind::enable:
    return true;
  default:
    return false;
  }
}

} // namespace troupe::load
