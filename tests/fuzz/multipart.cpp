#include "runtime/api/multipart.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

namespace {

struct part {
  std::string name;
  std::optional<std::string> filename;
  std::string data;
  bool is_whole = false;

  bool operator==(const part&) const = default;
};

class collector final : public multipart_sink {
public:
  void begin_part(const std::string& name, const std::optional<std::string>& filename) override {
    require(parts.empty() || parts.back().is_whole, "a part begins after the end of the one before");
    parts.push_back({name, filename, {}, false});
  }
  void data(std::string_view bytes) override {
    require(!parts.empty() && !parts.back().is_whole, "data belong to a part");
    require(!bytes.empty(), "a piece of data isn't empty");
    parts.back().data += bytes;
  }
  void end_part() override {
    require(!parts.empty() && !parts.back().is_whole, "a part ends once");
    parts.back().is_whole = true;
  }

  std::vector<part> parts;
};

/// What came of a form, and the message where it was refused.
struct reading {
  std::vector<part> parts;
  std::string refusal;

  bool operator==(const reading&) const = default;
};

template <class Size>
reading read_in_pieces(const std::string& boundary, std::string_view body, Size size) {
  collector into;
  multipart_parser parser{boundary, into};
  try {
    while (!body.empty()) {
      auto piece = body.substr(0, size());
      body.remove_prefix(piece.size());
      parser.feed(piece);
    }
    parser.finish();
  } catch (const failure& refusal) {
    require_showable(refusal.what());
    return {into.parts, refusal.what()};
  }
  return {into.parts, {}};
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text)
    result += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return result + '"';
}

std::string written(const std::string& boundary, const std::vector<part>& parts) {
  std::string body;
  for (const auto& [name, filename, data, is_whole] : parts) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=" + quoted(name);
    if (filename)
      body += "; filename=" + quoted(*filename);
    body += "\r\n\r\n" + data + "\r\n";
  }
  return body + "--" + boundary + "--\r\n";
}

/// Whether headers written with quotes and escapes still fit.
bool fits(const part& what) {
  return 2 * (what.name.size() + what.filename.value_or("").size()) + 100 <
         limits::multipart_header_bytes;
}

} // namespace

void check_multipart(std::string_view input) {
  auto line = input.substr(0, input.find('\n'));
  auto body = input.substr(std::min(line.size() + 1, input.size()));
  std::optional<std::string> boundary;
  try {
    boundary = form_boundary(line);
  } catch (const failure& refusal) {
    require_showable(refusal.what());
  }
  if (!boundary)
    return;

  auto whole = read_in_pieces(*boundary, body, [&] { return body.size(); });
  auto same = [&](auto size) { return read_in_pieces(*boundary, body, size) == whole; };
  require(same([] { return 1; }), "a form sent byte by byte reads as one sent at once");
  std::minstd_rand draw{static_cast<unsigned>(body.size())};
  require(same([&] { return 1 + draw() % (draw() % 4 ? 8 : 512); }),
          "a form sent in pieces reads as one sent at once");

  require(whole.parts.size() <= limits::multipart_parts, "a form has at most so many parts");
  if (!whole.refusal.empty())
    return;
  require(whole.parts.empty() || whole.parts.back().is_whole, "an accepted form is whole");
  if (!std::ranges::all_of(whole.parts, fits))
    return;
  auto again = written(*boundary, whole.parts);
  require(read_in_pieces(*boundary, again, [&] { return again.size(); }) == whole,
          "what was read, written again, is read as the same");
}

} // namespace troupe::fuzz
