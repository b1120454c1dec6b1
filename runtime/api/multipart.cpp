#include "runtime/api/multipart.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

constexpr std::size_t boundary_characters = 70;

[[noreturn]] void malformed(const std::string& why) { throw failure{"cannot read form: " + why}; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trim(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A header's value: `form-data; name="a"; filename="b"`.
struct header_value {
  std::string_view word;
  std::vector<std::pair<std::string_view, std::string>> parameters;

  std::optional<std::string> parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters)
      if (same_word(key, name))
        return value;
    return {};
  }
};

// Takes a quoted string from the front of the text, its opening quote included. Only quotes and
// backslashes are escaped, so that a client that sends a plain backslash is understood too.
std::string take_quoted(std::string_view& text) {
  std::string result;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return result;
    }
    bool escape =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\');
    result += text[escape ? ++at : at];
  }
  malformed("a quoted string doesn't end");
}

header_value parse_header(std::string_view text) {
  auto semicolon = text.find(';');
  header_value result{trim(text.substr(0, semicolon)), {}};
  while (semicolon != text.npos) {
    text = trim(text.substr(semicolon + 1));
    if (text.empty())
      break;
    auto equals = text.find('=');
    if (equals == text.npos)
      malformed("a header's parameter has no value");
    auto key = trim(text.substr(0, equals));
    text = trim(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      value = take_quoted(text);
      text = trim(text);
      if (!text.empty() && text.front() != ';')
        malformed("text follows a quoted string");
      semicolon = text.empty() ? text.npos : 0;
    } else {
      semicolon = text.find(';');
      value = trim(text.substr(0, semicolon));
    }
    result.parameters.emplace_back(key, std::move(value));
  }
  return result;
}

bool is_boundary(std::string_view text) {
  return !text.empty() && text.size() <= boundary_characters && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](unsigned char byte) {
           return std::isalnum(byte) ||
                  std::string_view{"'()+_,-./:=? "}.find(byte) != std::string_view::npos;
         });
}

// How many bytes at the text's end may be the start of a delimiter.
std::size_t held_back(std::string_view text, std::string_view delimiter) {
  for (auto length = std::min(text.size(), delimiter.size()); length > 0; --length)
    if (text.ends_with(delimiter.substr(0, length)))
      return length;
  return 0;
}

} // namespace

multipart_parser::multipart_parser(std::string_view boundary, multipart_sink& sink)
    : delimiter_{"\r\n--" + std::string{boundary}}, sink_{sink} {}

void multipart_parser::feed(std::string_view bytes) {
  if (state_ == state::epilogue)
    return;
  buffer_.append(bytes);
  while (step()) {
  }
}

void multipart_parser::finish() {
  if (state_ != state::epilogue)
    malformed(parts_ == 0 ? "it holds no part"
                          : "it ends in the middle of part " + std::to_string(parts_));
}

bool multipart_parser::step() {
  switch (state_) {
  case state::preamble:
  case state::part_data:
    return find_delimiter();
  case state::delimiter_end:
    return end_delimiter();
  case state::headers:
    return read_headers();
  case state::epilogue:
    buffer_.clear();
    break;
  }
  return false;
}

void multipart_parser::pass_on(std::size_t bytes) {
  if (state_ == state::part_data && bytes > 0)
    sink_.data(std::string_view{buffer_}.substr(0, bytes));
  buffer_.erase(0, bytes);
}

bool multipart_parser::find_delimiter() {
  std::string_view text{buffer_};
  std::size_t from = 0;
  for (;;) {
    auto found = text.find(delimiter_, from);
    if (found == text.npos || found + delimiter_.size() == text.size()) {
      pass_on(found == text.npos ? text.size() - held_back(text, delimiter_) : found);
      return false;
    }
    // A longer line that merely starts like the delimiter belongs to the data.
    if (std::string_view{" \t\r-"}.find(text[found + delimiter_.size()]) == text.npos) {
      from = found + 1;
      continue;
    }
    pass_on(found);
    buffer_.erase(0, delimiter_.size());
    if (state_ == state::part_data)
      sink_.end_part();
    state_ = state::delimiter_end;
    return true;
  }
}

bool multipart_parser::end_delimiter() {
  std::string_view text{buffer_};
  if (text.starts_with("--")) {
    state_ = state::epilogue;
    return true;
  }
  auto line_end = text.find_first_not_of(" \t");
  line_end = std::min(line_end, text.size());
  if (line_end > limits::multipart_header_bytes)
    malformed("a boundary's line is too long");
  if (text.size() < line_end + 2)
    return false;
  if (text.substr(line_end, 2) != "\r\n")
    malformed("text follows a boundary");
  // The line break stays: headers end at an empty line even if there is none of them.
  buffer_.erase(0, line_end);
  state_ = state::headers;
  if (++parts_ > limits::multipart_parts)
    malformed("it has more than " + std::to_string(limits::multipart_parts) + " parts");
  return true;
}

bool multipart_parser::read_headers() {
  constexpr std::string_view empty_line = "\r\n\r\n";
  auto end = buffer_.find(empty_line);
  // What may be the beginning of the empty line doesn't count, however the body is cut into pieces.
  auto bytes = end == buffer_.npos ? buffer_.size() - held_back(buffer_, empty_line) : end;
  if (bytes > limits::multipart_header_bytes)
    malformed("the headers of part " + std::to_string(parts_) + " are longer than " +
              std::to_string(limits::multipart_header_bytes) + " bytes");
  if (end == buffer_.npos)
    return false;

  std::optional<std::string> name;
  std::optional<std::string> filename;
  auto lines = std::string_view{buffer_}.substr(0, end);
  while (!lines.empty()) {
    lines.remove_prefix(2);
    auto line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(line.size());
    auto colon = line.find(':');
    bool control = std::any_of(line.begin(), line.end(),
                               [](unsigned char byte) { return byte < 0x20 && byte != '\t'; });
    if (colon == line.npos || colon == 0 || control || line.front() == ' ' || line.front() == '\t')
      malformed("part " + std::to_string(parts_) + " has a malformed header");
    if (!same_word(line.substr(0, colon), "Content-Disposition"))
      continue;
    auto disposition = parse_header(line.substr(colon + 1));
    if (name || !same_word(disposition.word, "form-data"))
      malformed("part " + std::to_string(parts_) + " has a wrong Content-Disposition");
    name = disposition.parameter("name");
    filename = disposition.parameter("filename");
  }
  if (!name)
    malformed("part " + std::to_string(parts_) + " has no name");
  buffer_.erase(0, end + empty_line.size());
  state_ = state::part_data;
  sink_.begin_part(*name, filename);
  return true;
}

std::optional<std::string> form_boundary(std::string_view content_type) {
  auto word = trim(content_type.substr(0, content_type.find(';')));
  if (!same_word(word, "multipart/form-data"))
    return {};
  auto boundary = parse_header(content_type).parameter("boundary");
  if (!boundary || !is_boundary(*boundary))
    malformed("its Content-Type has no valid boundary");
  return boundary;
}

} // namespace troupe
