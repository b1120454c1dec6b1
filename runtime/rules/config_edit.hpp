#pragma once

#include <string>
#include <string_view>

#include "runtime/json/json.hpp"

/// Reading and changing JSON documents by dotted names, as `snap set` and `snapctl set` name options.
/// Source: the snap client's contract, sections 3 and 5.
namespace troupe {

/// The value under a dotted name; null where there is none.
const json::value* find_value(const json::object& document, std::string_view name);

/// Throws failure unless this is a name of an option: parts of a-z, 0-9 and single -, each with a
/// letter, with dots between them, at most limits::option_name_bytes.
void check_option_name(std::string_view name);

/// The document with these values under these dotted names, in their order; null takes one away, and
/// what has nothing left in it. Throws failure for a wrong name, for one that goes through a value that
/// is no object, and where the document gets larger than limits::snap_config_bytes.
json::object with_edits(json::object document, const json::object& edits);

/// The edits that bring back what these edits change, at the top of the document.
json::object edits_back(const json::object& document, const json::object& edits);

/// An assignment NAME=VALUE or NAME! as an edit. The value is JSON, or text where it isn't; `as_text`
/// takes any as text, `as_json` refuses what isn't JSON. Throws failure.
void add_assignment(json::object& edits, const std::string& word, bool as_text, bool as_json);

} // namespace troupe
