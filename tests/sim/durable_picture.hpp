#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "messages/journal_batch.hpp"

namespace troupe::sim {

/// What a journal should hold by what was committed to it, in so few words that pictures can be
/// compared.
struct durable_picture {
  std::map<change_id, std::map<task_id, task_status>> unready;
  std::map<change_id, std::string> summaries;     ///< Of those; ids of lost changes are given out again.
  std::map<std::string, std::uint64_t> installed; ///< Snaps' versions.
  std::map<std::string, std::string> settings;

  bool operator==(const durable_picture&) const = default;

  static durable_picture of(const journal_contents& contents);

  void apply(const journal_batch& batch);

  /// The first thing in which the other differs, in words; empty if they are equal.
  std::string difference(const durable_picture& other) const;
};

} // namespace troupe::sim
