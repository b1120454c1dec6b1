#include "runtime/rules/channel.hpp"

#include <algorithm>
#include <array>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

/// The less risky ones first.
constexpr std::array<std::string_view, 4> risks{"stable", "candidate", "beta", "edge"};

bool is_risk(std::string_view word) { return std::ranges::find(risks, word) != risks.end(); }

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  constexpr std::size_t shown_bytes = 80;
  std::string shown{text.substr(0, shown_bytes)};
  // What a terminal would obey, or what isn't ASCII, can't be part of a channel and needn't be shown.
  std::ranges::replace_if(
      shown, [](char c) { return c < 0x20 || c == 0x7F; }, '?');
  throw failure{"cannot understand channel \"" + shown + (text.size() > shown_bytes ? "…" : "") +
                "\": " + why};
}

void check_part(std::string_view text, std::string_view what, std::string_view part) {
  auto name = std::string{what};
  if (part.empty())
    refuse(text, "its " + name + " is empty");
  if (part.size() > limits::channel_part_bytes)
    refuse(text,
           "its " + name + " is longer than " + std::to_string(limits::channel_part_bytes) + " bytes");
  auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
  if (!is_letter_or_digit(part.front()) || !std::ranges::all_of(part, allowed))
    refuse(text, "its " + name + " must be letters, digits and \"-_.\", a letter or digit first");
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto end = std::min(text.find('/', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

void check_risk(std::string_view text, std::string_view risk) {
  if (!is_risk(risk))
    refuse(text, "its risk must be stable, candidate, beta or edge, as in 1.0/beta");
}

} // namespace

channel parse_channel(std::string_view text, std::string_view default_track) {
  if (text.empty())
    refuse(text, "it is empty; name a track or a risk, for instance stable or 1.0/beta");
  auto parts = parts_of(text);
  if (parts.size() > 3)
    refuse(text, "it has more than three parts; write track/risk/branch");
  channel result;
  result.track = default_track;
  bool has_track = parts.size() == 3 || !is_risk(parts[0]);
  if (has_track) {
    check_part(text, "track", parts[0]);
    if (is_risk(parts[0]))
      refuse(text, "a track can't be called like a risk");
    result.track = parts[0];
    parts.erase(parts.begin());
  }
  if (!parts.empty()) {
    check_risk(text, parts[0]);
    result.risk = parts[0];
  }
  if (parts.size() > 1) {
    check_part(text, "branch", parts[1]);
    result.branch = parts[1];
  }
  return result;
}

std::string to_string(const channel& which) {
  return which.track + '/' + which.risk + (which.branch.empty() ? "" : '/' + which.branch);
}

std::string short_name(const channel& which) {
  auto whole = to_string(which);
  return which.track == "latest" ? whole.substr(whole.find('/') + 1) : whole;
}

std::vector<std::string> channel_fallbacks(const channel& wanted) {
  std::vector<std::string> result;
  if (!wanted.branch.empty())
    result.push_back(to_string(wanted));
  auto risk = std::ranges::find(risks, wanted.risk);
  for (auto at = std::make_reverse_iterator(risk + (risk != risks.end() ? 1 : 0)); at != risks.rend();
       ++at)
    result.push_back(wanted.track + '/' + std::string{*at});
  return result;
}

} // namespace troupe
