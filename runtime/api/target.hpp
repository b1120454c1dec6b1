#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A request's target, decoded.
struct target {
  std::string path;
  std::map<std::string, std::string> query; ///< Of a repeated key, its first value.
};

/// Splits and decodes "/v2/snaps?select=all". Throws failure unless it starts with a slash, or where a
/// percent sign isn't followed by two hexadecimal digits or stands for the character NUL.
target parse_target(std::string_view text);

/// The texts between the commas of a query's value; none where there is no such key.
std::vector<std::string> query_list(const std::map<std::string, std::string>& query,
                                    const std::string& key);

/// Encodes everything but the unreserved characters of RFC 3986, section 2.3: for one segment of a path,
/// or a key or value of a query.
std::string percent_encode(std::string_view text);

} // namespace troupe
