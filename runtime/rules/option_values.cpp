#include "runtime/rules/option_values.hpp"

#include <algorithm>
#include <charconv>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/length_of_time.hpp"

namespace troupe::option_values {

namespace {

std::string text_of(const json::value& value) {
  if (!value.is_string())
    throw failure{"it must be text"};
  std::string text{value.get_string()};
  if (text.empty())
    throw failure{"it is empty; `unset system` with the option's name brings back the default"};
  if (text.size() > limits::option_value_bytes)
    throw failure{"it is longer than " + std::to_string(limits::option_value_bytes) + " bytes"};
  return text;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

} // namespace

json::value timer(const json::value& value, const time_reader&) {
  auto text = text_of(value);
  parse_refresh_timer(text);
  return json::value(text);
}

json::value hold(const json::value& value, const time_reader& read_time) {
  auto text = text_of(value);
  if (text != "forever")
    try {
      read_time(text);
    } catch (const failure&) {
      throw failure{json::write(value) +
                    " is neither \"forever\" nor a time such as 2024-05-01T10:30:00Z"};
    }
  return json::value(text);
}

json::value retain(const json::value& value, const time_reader&) {
  std::int64_t number = 0;
  if (value.is_string()) {
    std::string_view text = value.get_string();
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
      number = 0;
  } else if (value.is_int64()) {
    number = value.get_int64();
  }
  if (number < limits::refresh_retain_least || number > limits::refresh_retain_most)
    throw failure{"it must be a number from " + std::to_string(limits::refresh_retain_least) + " to " +
                  std::to_string(limits::refresh_retain_most)};
  return number;
}

std::optional<duration> max_inhibition_of(std::string_view text) {
  if (text == "off")
    return std::nullopt;
  return length_of_time(text, limits::refresh_inhibition_least, limits::refresh_inhibition_most);
}

std::optional<duration> retention_of(std::string_view text) {
  if (text == "no")
    return std::nullopt;
  return length_of_time(text, limits::snapshot_retention_least, limits::snapshot_retention_most);
}

json::value max_inhibition(const json::value& value, const time_reader&) {
  auto text = text_of(value);
  max_inhibition_of(text);
  return json::value(text);
}

json::value retention(const json::value& value, const time_reader&) {
  auto text = text_of(value);
  retention_of(text);
  return json::value(text);
}

json::value proxy(const json::value& value, const time_reader&) {
  auto text = text_of(value);
  std::string_view rest = text;
  for (std::string_view scheme : {"http://", "https://"})
    if (rest.starts_with(scheme))
      rest.remove_prefix(scheme.size());
  auto host = rest.substr(0, rest.find_first_of("/?#"));
  host.remove_prefix(std::min(host.size(), host.rfind('@') + 1));
  // No message shows any of it, as it may hold a password.
  if (rest.size() == text.size() || !is_plain(text) || host.empty() || host.front() == ':')
    throw failure{"it must be a URL such as http://proxy.example:3128"};
  return json::value(text);
}

json::value no_proxy(const json::value& value, const time_reader&) {
  auto text = text_of(value);
  if (!is_plain(text) || text.front() == ',' || text.back() == ',' || text.find(",,") != text.npos)
    throw failure{"it must be hosts with commas between them and no spaces, such as "
                  "localhost,.example.com"};
  return json::value(text);
}

} // namespace troupe::option_values
