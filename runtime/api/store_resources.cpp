#include "runtime/api/store_resources.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "runtime/rules/log_lines.hpp"
#include "runtime/snap/origin_json.hpp"
#include "runtime/snap/words.hpp"

namespace troupe {

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

json::object epoch_resource(const epoch& what) {
  return {{"read", json::array(what.read.begin(), what.read.end())},
          {"write", json::array(what.write.begin(), what.write.end())}};
}

json::object channel_resource(const std::string& name, const store_revision& offered) {
  return {{"revision", to_string(offered.rev)},
          {"confinement", to_word(offered.info->confinement)},
          {"version", offered.info->version},
          {"channel", name},
          {"epoch", epoch_resource(offered.info->epoch)},
          {"size", offered.source.bytes},
          {"released-at", to_rfc3339(offered.added_at)}};
}

} // namespace

json::object store_snap_resource(const store_snap& snap, const store_revision& offered,
                                 const std::string& channel) {
  const auto& info = *offered.info;
  json::object channels;
  std::set<std::string> tracks;
  for (const auto& from : snap.channels) {
    if (from.is_closed || from.released.empty())
      continue;
    if (const auto* newest = snap.find(from.released.back())) {
      channels[from.name] = channel_resource(from.name, *newest);
      tracks.insert(from.name.substr(0, from.name.find('/')));
    }
  }
  json::object result{{"id", snap.id},
                      {"name", snap.name},
                      {"title", info.title},
                      {"summary", info.summary},
                      {"description", info.description},
                      {"type", to_word(info.type)},
                      {"version", info.version},
                      {"revision", to_string(offered.rev)},
                      {"channel", channel},
                      {"status", "available"},
                      {"confinement", to_word(info.confinement)},
                      {"publisher", to_json(snap.publisher)},
                      {"developer", snap.publisher.username},
                      {"download-size", offered.source.bytes},
                      {"private", false},
                      {"devmode", false},
                      {"jailmode", false},
                      {"epoch", epoch_resource(info.epoch)},
                      {"channels", std::move(channels)},
                      {"tracks", json::array(tracks.begin(), tracks.end())}};
  if (!info.base.empty())
    result["base"] = info.base;
  if (!info.license.empty())
    result["license"] = info.license;
  return result;
}

bool is_found_by(const snap_info& info, const std::string& search) {
  auto text = lower(info.name + '\n' + info.title + '\n' + info.summary + '\n' + info.description);
  std::istringstream words{lower(search)};
  for (std::string word; words >> word;)
    if (text.find(word) == text.npos)
      return false;
  return true;
}

} // namespace troupe
