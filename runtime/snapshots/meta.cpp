#include "runtime/snapshots/meta.hpp"

#include <limits>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snapshots/fault.hpp"

namespace troupe::snapshots {

namespace {

constexpr std::uint64_t newest_format = 1;
constexpr std::size_t digest_digits = 96;

json::array written(const std::vector<std::uint32_t>& numbers) {
  return json::array(numbers.begin(), numbers.end());
}

json::object written(const snapshot_archive& archive) {
  return {{"name", archive.name},
          {"bytes", archive.bytes},
          {"unpacked-bytes", archive.unpacked_bytes},
          {"data-bytes", archive.data_bytes},
          {"sha3-384", archive.sha3_384}};
}

[[noreturn]] void malformed(const std::string& key, const std::string& why) {
  throw fault{"its meta.json isn't that of a snapshot: \"" + key + "\" " + why};
}

template <class Result>
Result field(const json::object& from, const std::string& key) {
  const auto* found = from.if_contains(key);
  if (!found)
    malformed(key, "is missing");
  auto result = boost::json::try_value_to<Result>(*found);
  if (!result)
    malformed(key, "is malformed");
  return std::move(*result);
}

std::uint64_t bytes_field(const json::object& from, const std::string& key) {
  const auto bytes = field<std::uint64_t>(from, key);
  if (bytes > std::numeric_limits<std::int64_t>::max())
    malformed(key, "is larger than any file");
  return bytes;
}

snapshot_archive read_archive(const json::object& from) {
  snapshot_archive result{field<std::string>(from, "name"), bytes_field(from, "bytes"),
                          bytes_field(from, "unpacked-bytes"), bytes_field(from, "data-bytes"),
                          field<std::string>(from, "sha3-384")};
  if (result.sha3_384.size() != digest_digits ||
      result.sha3_384.find_first_not_of("0123456789abcdef") != std::string::npos)
    malformed("sha3-384", "is no digest");
  return result;
}

epoch read_epoch(const json::object& from) {
  epoch result{field<std::vector<std::uint32_t>>(from, "read"),
               field<std::vector<std::uint32_t>>(from, "write")};
  if (result.read.empty() || result.write.empty())
    malformed("epoch", "is malformed");
  return result;
}

void check_format(const json::object& from) {
  const auto format = field<std::uint64_t>(from, "format");
  if (format == 0)
    malformed("format", "is malformed");
  if (format > newest_format)
    throw fault{"it has format " + std::to_string(format) + ", and this version knows formats up to " +
                std::to_string(newest_format) + "; use a newer version"};
}

void check_name(const std::string& snap) {
  try {
    check_instance_name(snap);
  } catch (const failure& wrong) {
    throw fault{"its meta.json isn't that of a snapshot: " + std::string{wrong.what()}};
  }
}

json::object parsed(std::string_view text) {
  try {
    return json::parse_object(text);
  } catch (const failure& wrong) {
    throw fault{"its meta.json isn't that of a snapshot: " + std::string{wrong.what()}};
  }
}

} // namespace

std::string written_meta(const snapshot_info& info) {
  json::array archives;
  for (const auto& archive : info.archives)
    archives.push_back(written(archive));
  return json::write(
      json::object{{"format", newest_format},
                   {"set", info.set},
                   {"snap", info.snap},
                   {"snap-id", info.snap_id},
                   {"revision", to_string(info.rev)},
                   {"version", info.version},
                   {"summary", info.summary},
                   {"epoch", {{"read", written(info.epoch.read)}, {"write", written(info.epoch.write)}}},
                   {"time-ns", info.time.time_since_epoch().count()},
                   {"config", json::parse_object(info.config)},
                   {"devmode", info.flags.devmode},
                   {"jailmode", info.flags.jailmode},
                   {"classic", info.flags.classic},
                   {"automatic", info.is_automatic},
                   {"archives", std::move(archives)}});
}

snapshot_info read_meta(std::string_view text) {
  const auto from = parsed(text);
  check_format(from);
  snapshot_info info;
  info.set = bytes_field(from, "set");
  if (info.set == 0)
    malformed("set", "is malformed");
  info.snap = field<std::string>(from, "snap");
  check_name(info.snap);
  info.snap_id = field<std::string>(from, "snap-id");
  const auto rev = revision_from_text(field<std::string>(from, "revision"));
  if (!rev || !*rev)
    malformed("revision", "is malformed");
  info.rev = *rev;
  info.version = field<std::string>(from, "version");
  info.summary = field<std::string>(from, "summary");
  info.epoch = read_epoch(field<json::object>(from, "epoch"));
  info.time = time_point{duration{field<std::int64_t>(from, "time-ns")}};
  info.config = json::write(field<json::object>(from, "config"));
  info.flags = {field<bool>(from, "devmode"), field<bool>(from, "jailmode"),
                field<bool>(from, "classic")};
  info.is_automatic = field<bool>(from, "automatic");
  for (const auto& archive : field<std::vector<json::object>>(from, "archives"))
    info.archives.push_back(read_archive(archive));
  return info;
}

} // namespace troupe::snapshots
