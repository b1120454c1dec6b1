#include "runtime/rules/arity.hpp"

#include <charconv>

#include "runtime/limits.hpp"

namespace troupe {

namespace {

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && number >= 1 && number <= limits::most_candidates ? std::optional{number}
                                                                      : std::nullopt;
}

} // namespace

std::optional<arity> arity_from_text(std::string_view text) {
  if (text == "*")
    return arity::any();
  const auto dash = text.find('-');
  const auto first = number_in(text.substr(0, dash));
  if (!first)
    return std::nullopt;
  if (dash == text.npos)
    return arity::up_to(*first);
  const auto last = number_in(text.substr(dash + 1));
  return last && *first <= *last ? std::optional{arity{*first, *last}} : std::nullopt;
}

std::string to_text(const arity& from) {
  if (!from.most)
    return "*";
  return from.least == 1 && *from.most == 1 ? "1"
         : from.least == 1                  ? std::to_string(*from.most)
                           : std::to_string(from.least) + "-" + std::to_string(*from.most);
}

} // namespace troupe
