#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::yaml {

/// Weighs a YAML document while it is parsed, before anything is built of it, and throws
/// YAML::ParserException as soon as it is too deep or, with its aliases expanded, too large.
class limit_checker final : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

private:
  struct weight {
    std::uint64_t nodes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t depth = 0; ///< Levels of collections in it.
  };
  struct open_collection {
    YAML::anchor_t anchor = 0;
    weight before;           ///< The document's weight when it began.
    std::uint64_t depth = 0; ///< The deepest level so far inside it.
  };

  void open(const YAML::Mark& mark, YAML::anchor_t anchor);
  void close();
  void add(const YAML::Mark& mark, const weight& what, YAML::anchor_t anchor);
  void check_depth(const YAML::Mark& mark, std::uint64_t extra) const;

  weight total_;
  std::vector<open_collection> open_;
  std::unordered_map<YAML::anchor_t, weight> anchored_; ///< Complete ones only.
};

} // namespace troupe::yaml
