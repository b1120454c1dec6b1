#pragma once

#include <stdexcept>
#include <string_view>

#include "messages/snap_info.hpp"

/// What is fuzzed. Each check takes any bytes, feeds them to one reader of Troupe's and looks at what
/// comes of it: a refusal has to be a failure with a message that can be shown, and what is accepted has
/// to keep the rules that the rest of the system relies on. A check throws broken_rule where that isn't
/// so.
namespace troupe::fuzz {

/// An input that shows a defect; says which rule it breaks.
class broken_rule : public std::logic_error {
public:
  using logic_error::logic_error;
};

/// Throws broken_rule unless it holds.
void require(bool holds, const char* rule);

/// Throws broken_rule unless the text can be shown on a terminal and put into JSON: UTF-8 on one line or
/// several, without other control characters.
void require_showable(std::string_view message);

/// Throws broken_rule unless metadata keeps every rule of the validators, comes back the same from its
/// JSON, and has commands and variables that can be expanded.
void require_sound(const snap_info& info);

/// The text of a meta/snap.yaml.
void check_snap_yaml(std::string_view input);

/// What a client sends over the socket until it hangs up: any number of requests.
void check_http_request(std::string_view input);

/// A Content-Type header's value, a line feed, and the body.
void check_multipart(std::string_view input);

/// A snap's image.
void check_image(std::string_view input);

/// A file of scenarios. Small ones are run, by the actors and by the slow model.
void check_scenario(std::string_view input);

} // namespace troupe::fuzz
