#include "runtime/store/index_file.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/channel.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/origin_json.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snap/snap_info_json.hpp"
#include "runtime/store/index_fields.hpp"

namespace troupe {

namespace {

constexpr std::uint64_t format_version = 1;
constexpr std::size_t digest_digits = 96;
constexpr auto latest_second = 9'000'000'000; // Nanoseconds since 1970 fit 64 bits until 2262.
constexpr auto most_revision =
    static_cast<std::uint64_t>(std::numeric_limits<decltype(revision::number)>::max());

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A path that stays below the store and means the same in a URL as on disk.
bool is_safe_path(std::string_view path) {
  if (path.empty() || path.back() == '/')
    return false;
  while (!path.empty()) {
    auto part = path.substr(0, path.find('/'));
    auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
    if (part.empty() || part.front() == '.' || !std::ranges::all_of(part, allowed))
      return false;
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return true;
}

bool is_digest(std::string_view text) {
  return text.size() == digest_digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// Runs a check or a reader of somebody else's, and adds to its failure where the fault is.
template <class Check>
auto within(const index_fields& fields, Check check) {
  try {
    return check();
  } catch (const failure& fault) {
    fields.refuse(fault.what());
  }
}

/// What applications and hooks are called becomes file names, and what needs what decides plans.
void check_info(const index_fields& fields, const snap_info& info) {
  within(fields, [&] {
    for (const auto& app : info.apps)
      check_app_name(app.name);
    for (const auto& hook : info.hooks)
      check_hook_name(hook.name);
    for (const auto& plug : info.plugs)
      check_plug_name(plug.name);
    for (const auto& slot : info.slots)
      check_slot_name(slot.name);
    if (!info.base.empty() && info.base != "none")
      check_snap_name(info.base);
  });
  for (const auto* numbers : {&info.epoch.read, &info.epoch.write})
    if (numbers->empty() || !std::ranges::is_sorted(*numbers, std::less_equal<>{}))
      fields.refuse("the lists of \"epoch\" must hold ascending numbers");
}

store_revision revision_from(const index_fields& list, const store_snap& snap,
                             const std::string& store) {
  auto number = list.number("revision", 1, most_revision);
  index_fields fields{list.all(), list.where() + "revision " + std::to_string(number) + ": "};
  store_revision result;
  result.rev = {static_cast<std::int32_t>(number)};
  result.added_at = time_point{std::chrono::seconds{fields.number("added-at", 0, latest_second)}};
  result.source.store = store;
  result.source.file = fields.text("file");
  if (!is_safe_path(result.source.file))
    fields.refuse("file", "must be a path below the store of letters, digits and \"-_.\"");
  result.source.bytes = fields.number("size", 1, limits::store_image_bytes);
  result.source.sha3_384 = fields.text("sha3-384");
  if (!is_digest(result.source.sha3_384))
    fields.refuse("sha3-384", "must be 96 hexadecimal digits in lower case");
  auto info = within(fields, [&] { return snap_info_from_json(fields.object("info")); });
  if (info.name != snap.name)
    fields.refuse("info", "is about snap " + in_quotes(info.name));
  if (info.image_bytes != result.source.bytes)
    fields.refuse("info", "gives another size than \"size\"");
  check_info(fields, info);
  result.info = std::make_shared<const snap_info>(std::move(info));
  return result;
}

store_channel channel_from(const index_fields& list, const store_snap& snap) {
  store_channel result;
  result.name = list.text("name");
  auto canonical = within(list, [&] { return to_string(parse_channel(result.name)); });
  if (canonical != result.name)
    list.refuse("channel " + in_quotes(result.name) + " must be written as " + in_quotes(canonical));
  index_fields fields{list.all(), list.where() + "channel \"" + result.name + "\": "};
  result.is_closed = fields.flag("closed");
  for (const auto& item : fields.list("released", limits::store_channel_releases)) {
    boost::json::error_code code;
    revision rev{item.to_number<std::int32_t>(code)};
    if (code || !snap.find(rev))
      fields.refuse("it was released a revision that the store doesn't have");
    result.released.push_back(rev);
  }
  return result;
}

publisher publisher_from(const index_fields& snap) {
  index_fields fields{snap.object("publisher"), snap.where() + "\"publisher\": "};
  publisher result{.id = fields.text("id"),
                   .username = fields.text("username"),
                   .display_name = fields.text("display-name"),
                   .validation = fields.text("validation")};
  constexpr std::array<std::string_view, 4> known{"", "unproven", "starred", "verified"};
  if (std::ranges::find(known, result.validation) == known.end())
    fields.refuse("validation", "must be unproven, starred or verified");
  return result;
}

void add_alias(store_snap& snap, const index_fields& list) {
  auto name = list.text("name");
  within(list, [&] { check_declared_alias(snap.name, name); });
  index_fields fields{list.all(), list.where() + "alias " + in_quotes(name) + ": "};
  auto target = fields.text("target");
  within(fields, [&] { check_app_name(target); });
  if (!snap.aliases.emplace(name, target).second)
    list.refuse("alias " + in_quotes(name) + " stands twice in it");
}

store_snap snap_from(const index_fields& list, const std::string& store) {
  store_snap result;
  result.name = list.text("name");
  within(list, [&] { check_snap_name(result.name); });
  index_fields fields{list.all(), list.where() + "snap \"" + result.name + "\": "};
  result.id = fields.text("id");
  if (result.id.empty() || !std::ranges::all_of(result.id, is_letter_or_digit))
    fields.refuse("id", "must be letters and digits");
  result.publisher = publisher_from(fields);
  result.declaration = json::write(fields.object("declaration"));
  if (fields.all().contains("aliases"))
    for (const auto& item : fields.list("aliases", limits::snap_aliases))
      add_alias(result, {fields.as_object("aliases", item), fields.where()});
  for (const auto& item : fields.list("revisions", limits::store_snap_revisions)) {
    auto next = revision_from({fields.as_object("revisions", item), fields.where()}, result, store);
    if (!result.revisions.empty() && result.revisions.back().rev >= next.rev)
      fields.refuse("revision " + to_string(next.rev) + " can't come after revision " +
                    to_string(result.revisions.back().rev));
    result.revisions.push_back(std::move(next));
  }
  for (const auto& item : fields.list("channels", limits::store_snap_channels)) {
    auto next = channel_from({fields.as_object("channels", item), fields.where()}, result);
    if (result.find_channel(next.name))
      fields.refuse("channel " + in_quotes(next.name) + " stands twice in it");
    result.channels.push_back(std::move(next));
  }
  std::ranges::sort(result.channels, {}, &store_channel::name);
  return result;
}

json::object written(const store_revision& revision) {
  auto added = std::chrono::duration_cast<std::chrono::seconds>(revision.added_at.time_since_epoch());
  return {{"revision", revision.rev.number},      {"added-at", std::int64_t{added.count()}},
          {"file", revision.source.file},         {"size", revision.source.bytes},
          {"sha3-384", revision.source.sha3_384}, {"info", to_json(*revision.info)}};
}

json::object written(const store_channel& channel) {
  json::array released;
  for (auto rev : channel.released)
    released.emplace_back(rev.number);
  return {{"name", channel.name}, {"released", std::move(released)}, {"closed", channel.is_closed}};
}

json::object written(const store_snap& snap) {
  json::array revisions;
  for (const auto& revision : snap.revisions)
    revisions.push_back(written(revision));
  json::array channels;
  for (const auto& channel : snap.channels)
    channels.push_back(written(channel));
  json::object result{{"name", snap.name},
                      {"id", snap.id},
                      {"publisher", to_json(snap.publisher)},
                      {"declaration", json::parse_object(snap.declaration)},
                      {"channels", std::move(channels)},
                      {"revisions", std::move(revisions)}};
  json::array aliases;
  for (const auto& [name, target] : snap.aliases)
    aliases.push_back(json::object{{"name", name}, {"target", target}});
  if (!aliases.empty())
    result["aliases"] = std::move(aliases);
  return result;
}

json::object parsed(std::string_view text, const std::string& where) {
  if (text.size() > limits::store_index_bytes)
    throw failure{where + "it is larger than " + std::to_string(limits::store_index_bytes) + " bytes"};
  try {
    return json::parse_object(text);
  } catch (const failure& fault) {
    throw failure{where + "it is damaged: " + fault.what()};
  }
}

} // namespace

index_document read_index(std::string_view text, const std::string& store) {
  auto where = "cannot read the index of store " + in_quotes(store) + ": ";
  auto document = parsed(text, where);
  index_fields fields{document, where};
  if (auto version = fields.number("format", 1, std::numeric_limits<std::int32_t>::max());
      version != format_version)
    fields.refuse("it has format " + std::to_string(version) +
                  ", and this version of Troupe knows only " + std::to_string(format_version) +
                  "; update Troupe");
  index_document result;
  result.serial = fields.number("serial", 1, std::numeric_limits<std::int64_t>::max());
  std::set<std::string> ids;
  for (const auto& item : fields.list("snaps", limits::store_snaps)) {
    auto snap = snap_from({fields.as_object("snaps", item), where}, store);
    if (!ids.insert(snap.id).second)
      fields.refuse("snap \"" + snap.name + "\" has the id of another one");
    auto name = snap.name;
    if (!result.index.snaps.emplace(name, std::move(snap)).second)
      fields.refuse("snap \"" + name + "\" stands twice in it");
  }
  return result;
}

std::string write_index(const index_document& document) {
  json::array snaps;
  for (const auto& [name, snap] : document.index.snaps)
    snaps.push_back(written(snap));
  return json::write(json::object{
             {"format", format_version}, {"serial", document.serial}, {"snaps", std::move(snaps)}}) +
         "\n";
}

} // namespace troupe
