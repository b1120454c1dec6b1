#include "runtime/rules/health.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

constexpr std::string_view code_option = "--code";

[[noreturn]] void refuse(const std::string& why) {
  throw failure{"cannot set health: " + why + "; see `snapctl set-health --help`"};
}

std::string from_to(std::size_t least, std::size_t most) {
  return std::to_string(least) + " to " + std::to_string(most);
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// Whether a byte begins a character of UTF-8.
bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

/// The text, or what fits of it and an ellipsis. Source: the snap documentation, "Health checks".
std::string shortened(const std::string& text) {
  if (characters_of(text) <= limits::health_message_characters_most)
    return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if (begins_character(text[end]) && ++seen == limits::health_message_characters_most)
      break;
  return text.substr(0, end) + "…";
}

void check_message(const std::string& message) {
  if (auto characters = characters_of(message); characters < limits::health_message_characters_least)
    refuse("its message must have at least " + std::to_string(limits::health_message_characters_least) +
           " characters, not " + std::to_string(characters));
  if (std::ranges::any_of(message, is_control))
    refuse("its message must be one line without control characters");
}

void check_code(const std::string& code) {
  auto is_known = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
  auto has_length =
      code.size() >= limits::health_code_bytes_least && code.size() <= limits::health_code_bytes_most;
  if (!has_length || !std::ranges::all_of(code, is_known) || !is_letter(code.front()) ||
      code.back() == '-' || code.find("--") != code.npos)
    refuse("its code must be " +
           from_to(limits::health_code_bytes_least, limits::health_code_bytes_most) +
           " of a-z, 0-9 and -, begin with a letter and end with a letter or a digit");
}

/// The words apart from options, and the code where one is given.
struct sorted_words {
  std::vector<std::string> plain;
  std::string code;
  bool has_code = false;
};

sorted_words sort(const std::vector<std::string>& words) {
  sorted_words result;
  auto only_plain = false;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (only_plain || !word->starts_with('-') || *word == "-") {
      result.plain.push_back(*word);
    } else if (*word == "--") {
      only_plain = true;
    } else if (word->starts_with(std::string{code_option} + '=')) {
      result.code = word->substr(code_option.size() + 1);
      result.has_code = true;
    } else if (*word == code_option && word + 1 != words.end()) {
      result.code = *++word;
      result.has_code = true;
    } else {
      refuse(*word == code_option ? "--code takes a code" : "it has no other option than --code");
    }
  }
  return result;
}

} // namespace

health_report health_from_words(const std::vector<std::string>& words) {
  auto [plain, code, has_code] = sort(words);
  if (plain.empty())
    refuse("no status is given");
  auto status = health_from_word(plain.front());
  if (!status)
    refuse("its status must be okay, waiting, blocked or error");
  if (plain.size() > 2)
    refuse("its message must be one word, so put it in quotes");
  auto has_message = plain.size() == 2 && !plain[1].empty();
  if (*status == health_status::okay) {
    if (has_message || has_code)
      refuse("with okay there is neither message nor code");
    return {};
  }
  if (!has_message)
    refuse("with " + std::string{to_word(*status)} + " there must be a message");
  check_message(plain[1]);
  if (has_code)
    check_code(code);
  return {*status, shortened(plain[1]), code};
}

} // namespace troupe
