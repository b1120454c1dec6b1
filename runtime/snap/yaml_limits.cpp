#include "runtime/snap/yaml_limits.hpp"

#include <simdjson.h>

#include <algorithm>

#include "runtime/limits.hpp"

namespace troupe::yaml {

void limit_checker::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  add(mark, {.nodes = 1}, anchor);
}

void limit_checker::OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                             const std::string& value) {
  if (value.find('\0') != value.npos)
    throw YAML::ParserException{mark, "a NUL character isn't allowed"};
  // yaml-cpp puts a single byte for \N and for \_.
  if (!simdjson::validate_utf8(value))
    throw YAML::ParserException{mark, "a text isn't UTF-8 (write \\u0085 for \\N, \\u00a0 for \\_)"};
  add(mark, {.nodes = 1, .bytes = value.size()}, anchor);
}

void limit_checker::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  auto found = anchored_.find(anchor);
  if (found == anchored_.end())
    throw YAML::ParserException{mark, "an alias can't stand in what it stands for"};
  auto what = found->second;
  check_depth(mark, what.depth);
  if (!open_.empty())
    open_.back().depth = std::max(open_.back().depth, what.depth);
  add(mark, what, 0);
}

void limit_checker::OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                                    YAML::EmitterStyle::value) {
  open(mark, anchor);
}

void limit_checker::OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                               YAML::EmitterStyle::value) {
  open(mark, anchor);
}

void limit_checker::open(const YAML::Mark& mark, YAML::anchor_t anchor) {
  check_depth(mark, 1);
  open_.push_back({.anchor = anchor, .before = total_});
  add(mark, {.nodes = 1}, 0);
}

void limit_checker::close() {
  auto closed = open_.back();
  open_.pop_back();
  weight own{.nodes = total_.nodes - closed.before.nodes,
             .bytes = total_.bytes - closed.before.bytes,
             .depth = closed.depth + 1};
  if (closed.anchor)
    anchored_[closed.anchor] = own;
  if (!open_.empty())
    open_.back().depth = std::max(open_.back().depth, own.depth);
}

void limit_checker::add(const YAML::Mark& mark, const weight& what, YAML::anchor_t anchor) {
  total_.nodes += what.nodes;
  total_.bytes += what.bytes;
  if (total_.nodes > limits::snap_yaml_nodes)
    throw YAML::ParserException{mark, "there are more than " + std::to_string(limits::snap_yaml_nodes) +
                                          " nodes, aliases expanded"};
  if (total_.bytes > limits::snap_yaml_bytes)
    throw YAML::ParserException{mark, "there are more than " + std::to_string(limits::snap_yaml_bytes) +
                                          " bytes, aliases expanded"};
  if (anchor)
    anchored_[anchor] = what;
}

void limit_checker::check_depth(const YAML::Mark& mark, std::uint64_t extra) const {
  if (open_.size() + extra > limits::snap_yaml_depth)
    throw YAML::ParserException{mark, "it is nested more than " +
                                          std::to_string(limits::snap_yaml_depth) + " levels deep"};
}

} // namespace troupe::yaml
