#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "messages/failure.hpp"

namespace troupe {

inline std::string in_marks(std::string_view text) { return '"' + std::string{text} + '"'; }

/// A declaration says something wrong.
class declaration_fault : public failure {
public:
  declaration_fault(std::string path, const std::string& why)
      : failure{path.empty() ? why : path + ": " + why}, path_{std::move(path)} {}

  /// As rule_place writes it; empty for the whole declaration.
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// Where in a declaration something stands, like `slots.content.allow-connection[2].plug-names`; lists
/// count from 1.
class rule_place {
public:
  rule_place() = default;

  rule_place at(std::string_view key) const {
    return rule_place{path_ + (path_.empty() ? "" : ".") + std::string{key}};
  }
  rule_place at(std::size_t index) const {
    return rule_place{path_ + "[" + std::to_string(index + 1) + "]"};
  }
  const std::string& path() const { return path_; }

  [[noreturn]] void refuse(const std::string& why) const { throw declaration_fault{path_, why}; }

private:
  explicit rule_place(std::string path) : path_{std::move(path)} {}

  std::string path_;
};

} // namespace troupe
