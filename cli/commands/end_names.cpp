#include "cli/commands/end_names.hpp"

#include "cli/commands/session.hpp"

namespace troupe::cli {

end_word end_from_word(const std::string& word) {
  const auto colon = word.find(':');
  end_word end{word.substr(0, colon), colon == word.npos ? std::string{} : word.substr(colon + 1)};
  const auto is_name_missing = colon != word.npos && end.name.empty();
  if (word.empty() || is_name_missing || end.name.find(':') != end.name.npos)
    throw usage_error{"\"" + word +
                      "\" names no plug or slot: write SNAP:NAME, :NAME for the system's, or "
                      "SNAP"};
  return end;
}

json::object connection_request(const std::string& action, const end_word& plug, const end_word& slot) {
  const auto of = [](const end_word& end, const std::string& side) {
    return json::array{json::object{{"snap", end.snap}, {side, end.name}}};
  };
  return {{"action", action}, {"plugs", of(plug, "plug")}, {"slots", of(slot, "slot")}};
}

} // namespace troupe::cli
