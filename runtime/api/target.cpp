#include "runtime/api/target.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "messages/failure.hpp"

namespace troupe {

namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw failure{"cannot read request: malformed target \"" + std::string{text} + "\""};
}

std::string decode(std::string_view text, bool plus_is_space) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus_is_space) {
      result += ' ';
    } else if (text[at] == '%') {
      auto digits = text.substr(at + 1, 2);
      unsigned value = 0;
      auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || code != std::errc{} || end != digits.data() + 2 || value == 0)
        refuse(text);
      result += static_cast<char>(value);
      at += 2;
    } else {
      result += text[at];
    }
  }
  return result;
}

} // namespace

target parse_target(std::string_view text) {
  if (text.empty() || text.front() != '/')
    refuse(text);
  auto mark = text.find('?');
  target result{decode(text.substr(0, mark), false), {}};
  if (mark == text.npos)
    return result;

  auto rest = text.substr(mark + 1);
  while (!rest.empty()) {
    auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    auto equals = pair.find('=');
    auto value = equals == pair.npos ? std::string_view{} : pair.substr(equals + 1);
    if (!pair.empty())
      result.query.emplace(decode(pair.substr(0, equals), true), decode(value, true));
  }
  return result;
}

std::vector<std::string> query_list(const std::map<std::string, std::string>& query,
                                    const std::string& key) {
  std::vector<std::string> result;
  auto found = query.find(key);
  if (found == query.end())
    return result;
  std::istringstream text{found->second};
  for (std::string item; std::getline(text, item, ',');)
    result.push_back(item);
  return result;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string result;
  for (char byte : text) {
    if (unreserved.find(byte) != unreserved.npos) {
      result += byte;
    } else {
      auto value = static_cast<unsigned char>(byte);
      result += '%';
      result += digits[value >> 4];
      result += digits[value & 15];
    }
  }
  return result;
}

} // namespace troupe
