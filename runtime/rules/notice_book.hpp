#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "messages/notice.hpp"

namespace troupe {

/// Something that has happened, to be told as a notice.
struct notice_occurrence {
  std::string type;
  std::string key; ///< At most limits::notice_key_bytes.
  std::optional<std::uint32_t> uid;
  std::map<std::string, std::string> data;
  duration repeat_after{}; ///< How long the same again isn't worth telling; 0: it always is.
};

/// What came of a message to the book, to be made durable.
struct notice_changes {
  std::vector<notice> kept;        ///< New ones and new states of known ones.
  std::vector<std::uint64_t> gone; ///< Ids of those that are forgotten.
};

/// The text cut to at most limits::notice_key_bytes, between two characters of UTF-8.
std::string as_notice_key(const std::string& text);

/// The notices. One is unique by user, type and key; every time in it is whole microseconds, as the API
/// writes it, and no two notices occurred last, or were told last, at the same time.
class notice_book {
public:
  /// With what is known from before, in any order.
  explicit notice_book(std::vector<notice> known = {});

  /// Adds an occurrence at this time, or just after the last one if that isn't earlier. It is told
  /// again where its data are others than the last time, or where repeat_after is over since it was
  /// told. Forgets the expired ones, and the oldest beyond limits::notices_kept. Throws failure for a
  /// type or key that is empty or too long; then nothing has changed.
  notice_changes add(const notice_occurrence& what, time_point now);

  /// Those that match and aren't expired, the one told longest ago first.
  std::vector<notice> filter(const notice_filter& wanted, time_point now) const;

  std::size_t size() const { return notices_.size(); }

private:
  using identity = std::tuple<std::optional<std::uint32_t>, std::string, std::string>;
  using by_time = std::set<std::pair<time_point, std::uint64_t>>;

  void put(notice what);
  notice take(std::uint64_t id);
  void forget_old(time_point now, std::vector<std::uint64_t>& gone);
  time_point next_time(time_point now) const;

  std::map<std::uint64_t, notice> notices_;
  std::map<identity, std::uint64_t> ids_;
  by_time occurred_;
  by_time repeated_;
  std::uint64_t last_id_ = 0;
  time_point last_occurred_;
};

} // namespace troupe
