#include "runtime/rules/regular_expression.hpp"

#include <re2/re2.h>

namespace troupe {

regular_expression::regular_expression(const std::string& text, const rule_place& place) : text_{text} {
  auto compiled = std::make_shared<re2::RE2>(text, re2::RE2::Quiet);
  if (!compiled->ok())
    place.refuse(in_marks(text) + " is no regular expression: " + compiled->error());
  compiled_ = std::move(compiled);
}

bool regular_expression::matches(const std::string& whole) const {
  return re2::RE2::FullMatch(whole, *compiled_);
}

} // namespace troupe
