#include "runtime/snap/environment.hpp"

#include <set>
#include <string_view>

#include "runtime/snap/architecture.hpp"
#include "runtime/snap/names.hpp"

namespace troupe {

namespace {

bool is_name_char(char c, bool first) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (!first && c >= '0' && c <= '9');
}

/// Takes a variable's name off the front of what follows a dollar sign; empty where there is none.
std::string_view take_name(std::string_view& rest) {
  if (rest.starts_with('{')) {
    auto end = rest.find('}');
    if (end == rest.npos)
      return {};
    auto name = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return name;
  }
  std::size_t length = 0;
  while (length < rest.size() && is_name_char(rest[length], length == 0))
    ++length;
  auto name = rest.substr(0, length);
  rest.remove_prefix(length);
  return name;
}

/// Expands variables that are declared together. Maps keep no order, so what one needs comes first.
class expansion {
public:
  expansion(environment_map& environment, const environment_map& declared)
      : environment_{environment}, declared_{declared} {}

  void add(const std::string& name) {
    if (!begun_.insert(name).second)
      return;
    // The former value stays in sight until the new one is complete.
    environment_[name] = expand(declared_.at(name));
  }

private:
  std::string expand(std::string_view text) {
    std::string result;
    while (!text.empty()) {
      auto dollar = text.find('$');
      result += text.substr(0, dollar);
      if (dollar == text.npos)
        break;
      text.remove_prefix(dollar + 1);
      std::string name{take_name(text)};
      if (name.empty()) {
        result += '$';
        continue;
      }
      if (declared_.contains(name))
        add(name);
      if (auto found = environment_.find(name); found != environment_.end())
        result += found->second;
      if (result.size() > longest_value) {
        result.resize(longest_value);
        break;
      }
    }
    return result;
  }

  // The kernel takes no longer string; without a bound a few lines could expand to gigabytes.
  static constexpr std::size_t longest_value = (128U << 10) - 1;

  environment_map& environment_;
  const environment_map& declared_;
  std::set<std::string> begun_;
};

} // namespace

void extend_environment(environment_map& environment, const environment_map& declared) {
  expansion all{environment, declared};
  for (const auto& [name, value] : declared)
    all.add(name);
}

void extend_handed_on(environment_map& environment,
                      const std::vector<const environment_map*>& declared) {
  auto extended = environment;
  for (const auto* each : declared)
    extend_environment(extended, *each);
  for (auto& [name, value] : extended) {
    const auto known = environment.find(name);
    if (!name.starts_with("TROUPE_") && (known == environment.end() || known->second != value))
      environment["+" + name] = std::move(value);
  }
}

void set_for_all(environment_map& environment, const std::string& name, const std::string& value) {
  environment[name] = value;
  environment.erase("+" + name);
}

environment_map handed_on(const environment_map& environment) {
  auto result = environment;
  for (const auto& [name, value] : environment)
    if (name.starts_with('+')) {
      result.erase(name);
      result[name.substr(1)] = value;
    }
  return result;
}

environment_map snap_environment(const layout& places, const snap_info& info,
                                 const std::string& instance_name, revision rev) {
  return {
      {"SNAP", places.mount_point(instance_name, rev)},
      {"SNAP_NAME", info.name},
      {"SNAP_INSTANCE_NAME", instance_name},
      {"SNAP_INSTANCE_KEY", split_instance_name(instance_name).key},
      {"SNAP_VERSION", info.version},
      {"SNAP_REVISION", to_string(rev)},
      {"SNAP_ARCH", std::string{host_architecture()}},
      {"SNAP_DATA", places.data_dir(instance_name, rev)},
      {"SNAP_COMMON", places.common_data_dir(instance_name)},
      {"SNAP_LIBRARY_PATH", "/var/lib/snapd/lib/gl:/var/lib/snapd/lib/gl32:/var/lib/snapd/void"},
      {"SNAP_REEXEC", ""},
  };
}

environment_map user_environment(const layout& places, const snap_info& info,
                                 const std::string& instance_name, revision rev,
                                 const environment_map& own, const environment_map& inherited) {
  auto result = inherited;
  for (auto& [name, value] : snap_environment(places, info, instance_name, rev))
    result[name] = value;
  if (auto home = inherited.find("HOME"); home != inherited.end() && !home->second.empty()) {
    auto user_dir = std::filesystem::path{home->second} / "snap" / instance_name;
    result["SNAP_REAL_HOME"] = home->second;
    result["SNAP_USER_DATA"] = user_dir / to_string(rev);
    result["SNAP_USER_COMMON"] = user_dir / "common";
    if (info.confinement != confinement::classic)
      result["HOME"] = result["SNAP_USER_DATA"];
  }
  extend_environment(result, info.environment);
  extend_environment(result, own);
  return result;
}

} // namespace troupe
