#include "runtime/snap/command_line.hpp"

#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool begins_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

bool in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

/// Expands the variables of one word to at most `room` bytes.
std::string expand(std::string_view text, const environment_map& variables, std::size_t room) {
  std::string result;
  auto add = [&result, room](std::string_view part) {
    if (part.size() > room - result.size())
      throw failure{"cannot expand the command's variables: it gets longer than " +
                    std::to_string(limits::command_line_bytes) + " bytes"};
    result += part;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    auto dollar = text.find('$', at);
    add(text.substr(at, dollar - at));
    if (dollar == text.npos)
      break;
    auto name = dollar + 1;
    bool braced = name < text.size() && text[name] == '{';
    if (braced)
      ++name;
    auto end = name;
    if (end < text.size() && begins_name(text[end]))
      while (end < text.size() && in_name(text[end]))
        ++end;
    bool closed = !braced || (end < text.size() && text[end] == '}');
    if (end == name || !closed) {
      add("$");
      at = dollar + 1;
      continue;
    }
    auto found = variables.find(std::string{text.substr(name, end - name)});
    if (found != variables.end())
      add(found->second);
    at = end + (braced ? 1 : 0);
  }
  return result;
}

} // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'') {
      if (++i == text.size())
        throw failure{"cannot split command " + in_quotes(text) + ": it ends with a backslash"};
      bool kept = quote && text[i] != '"' && text[i] != '\\' && text[i] != '$';
      if (kept)
        word += c;
      word += text[i];
      begun = true;
    } else if (quote) {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      begun = true;
    } else if (!is_blank(c)) {
      word += c;
      begun = true;
    } else if (begun) {
      words.push_back(std::exchange(word, {}));
      begun = false;
    }
  }
  if (quote)
    throw failure{"cannot split command " + in_quotes(text) + ": a quote isn't closed"};
  if (begun)
    words.push_back(word);
  return words;
}

std::vector<std::string> command_words(std::string_view command, const environment_map& variables) {
  std::vector<std::string> result;
  std::size_t room = limits::command_line_bytes;
  for (const auto& word : split_words(command)) {
    auto expanded = expand(word, variables, room);
    room -= expanded.size();
    if (!expanded.empty())
      result.push_back(std::move(expanded));
  }
  return result;
}

} // namespace troupe
