#pragma once

#include <string>

#include "runtime/json/json.hpp"

namespace troupe::cli {

/// A word that names a plug or a slot, as SNAP:NAME, :NAME for the system's or SNAP for one that is
/// found.
struct end_word {
  std::string snap;
  std::string name;
};

/// Throws usage_error where the word can't name one.
end_word end_from_word(const std::string& word);

/// A request to /v2/interfaces; an empty end is left for the daemon to find.
json::object connection_request(const std::string& action, const end_word& plug, const end_word& slot);

} // namespace troupe::cli
