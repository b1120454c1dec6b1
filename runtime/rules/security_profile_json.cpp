#include "runtime/rules/security_profile_json.hpp"

#include <array>
#include <map>
#include <utility>

#include <boost/algorithm/hex.hpp>

namespace troupe {

namespace {

constexpr std::array<std::pair<std::string_view, confinement>, 3> modes{
    {{"strict", confinement::strict},
     {"devmode", confinement::devmode},
     {"classic", confinement::classic}}};

json::array to_json(const auto& texts) { return json::array(texts.begin(), texts.end()); }

std::set<std::string> set_in(const json::object& from, std::string_view key) {
  const auto texts = json::strings(from, key);
  return {texts.begin(), texts.end()};
}

json::object to_json(const program_profile& program) {
  json::array shared;
  for (const auto& each : program.shared)
    shared.push_back(json::object{{"snap", each.slot.snap},
                                  {"slot", each.slot.name},
                                  {"interface", each.interface},
                                  {"target", each.target}});
  return {{"socket-families", to_json(program.may.socket_families)},
          {"capabilities", to_json(program.may.capabilities)},
          {"read", to_json(program.may.read)},
          {"write", to_json(program.may.write)},
          {"hide", to_json(program.may.hide)},
          {"home", program.may.home},
          {"shared", std::move(shared)}};
}

program_profile program_from(const json::object& from) {
  program_profile program;
  program.may.socket_families = set_in(from, "socket-families");
  program.may.capabilities = set_in(from, "capabilities");
  program.may.read = set_in(from, "read");
  program.may.write = set_in(from, "write");
  program.may.hide = set_in(from, "hide");
  program.may.home = json::bool_or(from, "home");
  for (const auto& each : from.at("shared").as_array()) {
    const auto& shared = each.as_object();
    program.shared.push_back({{json::string_or(shared, "snap"), json::string_or(shared, "slot")},
                              json::string_or(shared, "interface"),
                              json::string_or(shared, "target")});
  }
  return program;
}

} // namespace

std::string to_text(const security_profile& profile,
                    const std::function<std::vector<std::string>(const grants&)>& compile) {
  json::object programs;
  json::object filters;
  std::map<std::string, std::string> names;
  for (const auto& [name, program] : profile.programs) {
    auto shown = to_json(program);
    if (profile.mode == confinement::strict) {
      json::array of_program;
      for (auto& filter : compile(program.may)) {
        const auto known = names.try_emplace(std::move(filter), std::to_string(names.size() + 1)).first;
        of_program.emplace_back(known->second);
      }
      shown["filters"] = std::move(of_program);
    }
    programs[name] = std::move(shown);
  }
  for (const auto& [filter, name] : names)
    filters[name] = boost::algorithm::hex_lower(filter);
  json::object slots;
  for (const auto& [name, share] : profile.slots)
    slots[name] = json::object{{"interface", share.interface},
                               {"read", to_json(share.read)},
                               {"write", to_json(share.write)},
                               {"named", share.named}};
  std::string_view mode;
  for (const auto& [word, each] : modes)
    if (each == profile.mode)
      mode = word;
  return json::write(json::object{{"mode", mode},
                                  {"base", profile.base},
                                  {"programs", std::move(programs)},
                                  {"slots", std::move(slots)},
                                  {"filters", std::move(filters)}});
}

launch_profile launch_profile_in(std::string_view text, const std::string& program) {
  try {
    const auto whole = json::parse_object(text);
    const auto programs = json::object_or(whole, "programs");
    const auto* found = programs.if_contains(program);
    if (!found)
      throw failure{"it knows no " + in_marks(program)};
    launch_profile result;
    result.base = json::string_or(whole, "base");
    const auto word = json::string_or(whole, "mode");
    for (const auto& [each, mode] : modes)
      if (each == word)
        result.mode = mode;
    result.program = program_from(found->as_object());
    const auto filters = json::object_or(whole, "filters");
    for (const auto& name : json::strings(found->as_object(), "filters"))
      result.filters.push_back(boost::algorithm::unhex(json::string_or(filters, name)));
    return result;
  } catch (const failure&) {
    throw;
  } catch (const std::exception& why) {
    throw failure{why.what()};
  }
}

std::optional<slot_share> share_in(std::string_view text, const std::string& slot,
                                   const std::string& interface) {
  const auto slots = json::object_or(json::parse_object(text), "slots");
  const auto* found = slots.if_contains(slot);
  if (!found || !found->is_object() || json::string_or(found->get_object(), "interface") != interface)
    return std::nullopt;
  const auto& from = found->get_object();
  return slot_share{interface, json::strings(from, "read"), json::strings(from, "write"),
                    json::bool_or(from, "named")};
}

} // namespace troupe
