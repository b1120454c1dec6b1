#pragma once

#include <memory>
#include <string>

#include "runtime/rules/rule_place.hpp"

namespace re2 {
class RE2;
}

namespace troupe {

/// A regular expression that has to match the whole of a text, in time that grows with that only.
/// Source: https://github.com/google/re2/wiki/Syntax, which is also the peer's.
class regular_expression {
public:
  /// Throws declaration_fault.
  regular_expression(const std::string& text, const rule_place& place);

  bool matches(const std::string& whole) const;
  const std::string& text() const { return text_; }

private:
  std::string text_;
  std::shared_ptr<const re2::RE2> compiled_;
};

} // namespace troupe
