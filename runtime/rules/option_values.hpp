#pragma once

#include "runtime/rules/system_options.hpp"

/// What each option of the system accepts: a function returns the value as it is kept, or throws failure
/// with the reason alone.
namespace troupe::option_values {

json::value timer(const json::value& value, const time_reader& read_time);
json::value hold(const json::value& value, const time_reader& read_time);
json::value retain(const json::value& value, const time_reader& read_time);
json::value max_inhibition(const json::value& value, const time_reader& read_time);
json::value retention(const json::value& value, const time_reader& read_time);
json::value proxy(const json::value& value, const time_reader& read_time);
json::value no_proxy(const json::value& value, const time_reader& read_time);

/// The lengths that accepted texts mean.
std::optional<duration> max_inhibition_of(std::string_view text);
std::optional<duration> retention_of(std::string_view text);

} // namespace troupe::option_values
