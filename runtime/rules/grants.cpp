#include "runtime/rules/grants.hpp"

#include "runtime/rules/rule_values.hpp"

namespace troupe {

namespace {

std::set<std::string> set_at(const json::value& value, const rule_place& place) {
  const auto texts = texts_at(value, place);
  return {texts.begin(), texts.end()};
}

} // namespace

void grants::add(const grants& other) {
  system_calls.insert(other.system_calls.begin(), other.system_calls.end());
  socket_families.insert(other.socket_families.begin(), other.socket_families.end());
  capabilities.insert(other.capabilities.begin(), other.capabilities.end());
  read.insert(other.read.begin(), other.read.end());
  write.insert(other.write.begin(), other.write.end());
  hide.insert(other.hide.begin(), other.hide.end());
  home |= other.home;
}

interface_grants grants_from(const json::value& from, const rule_place& place, bool of_interface) {
  interface_grants result;
  for (const auto& [key, value] : map_at(from, place)) {
    const auto at = place.at(key);
    if (key == "system-calls")
      result.always.system_calls = set_at(value, at);
    else if (key == "socket-families")
      result.always.socket_families = set_at(value, at);
    else if (key == "capabilities")
      result.always.capabilities = set_at(value, at);
    else if (key == "read")
      result.always.read = set_at(value, at);
    else if (key == "write")
      result.always.write = set_at(value, at);
    else if (!of_interface && key == "hide")
      result.always.hide = set_at(value, at);
    else if (!of_interface)
      at.refuse("isn't known");
    else if (key == "home")
      result.always.home = flag_at(value, at);
    else if (key == "unless")
      result.unless = text_at(value, at);
    else if (key == "read-from-plug")
      result.read_from_plug = text_at(value, at);
    else if (key == "write-from-plug")
      result.write_from_plug = text_at(value, at);
    else if (key == "write-from-slot")
      result.write_from_slot = text_at(value, at);
    else if (key == "content")
      result.content = flag_at(value, at);
    else
      at.refuse("isn't known");
  }
  return result;
}

} // namespace troupe
