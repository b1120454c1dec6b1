#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"

/// Reading YAML that may be hostile. Every function throws failure, with the line where there is one:
/// `cannot read meta/snap.yaml: line 3: "apps" must be a map`.
namespace troupe::yaml {

/// What is wrong with a text, told as if that were meta/snap.yaml.
class fault : public failure {
public:
  explicit fault(std::string why)
      : failure{"cannot read meta/snap.yaml: " + why}, why_{std::move(why)} {}

  /// Without the file's name, for readers of others.
  const std::string& why() const { return why_; }

private:
  std::string why_;
};

/// Reads the first document of a text of at most limits::snap_yaml_bytes, UTF-8, nested at most
/// limits::snap_yaml_depth deep, of at most limits::snap_yaml_nodes nodes and limits::snap_yaml_bytes of
/// scalars with its aliases expanded. An alias of something that holds it is refused.
YAML::Node load(std::string_view text);

/// Says what is wrong with a node.
[[noreturn]] void refuse(const YAML::Node& at, const std::string& why);

/// Runs a check of a name or the like, and adds the line to the failure it throws.
template <class Check>
void at_line(const YAML::Node& at, Check check);

/// A map's keys, once each, and values; empty for null. Merge keys (`<<`) are refused.
using members = std::vector<std::pair<std::string, YAML::Node>>;
members map_of(const YAML::Node& node, std::string_view what);

/// A scalar as it is written, for instance 1.0; empty for null.
std::string text_of(const YAML::Node& node, std::string_view what);

/// A list of scalars; empty for null.
std::vector<std::string> texts_of(const YAML::Node& node, std::string_view what);

/// The variables of an `environment` map, at most limits::snap_environment_variables.
std::map<std::string, std::string> environment_of(const YAML::Node& node, std::string_view what);

/// Any node as JSON, nested at most limits::snap_attribute_depth deep. Plain scalars become numbers,
/// booleans and null as YAML 1.1 has it; infinities stay text, since JSON has none.
json::value json_of(const YAML::Node& node, std::string_view what);

template <class Check>
void at_line(const YAML::Node& at, Check check) {
  try {
    check();
  } catch (const failure& fault) {
    refuse(at, fault.what());
  }
}

} // namespace troupe::yaml
