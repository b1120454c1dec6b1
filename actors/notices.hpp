#pragma once

#include <memory>
#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/rules/notice_book.hpp"
#include "runtime/rules/warning_book.hpp"

namespace troupe {

/// Owns the notices and the warnings. Who adds one doesn't wait until it is durable, so a daemon that is
/// killed may forget the last ones; an okay is answered once it is.
class notices : public actor_base<notices_actor> {
public:
  /// With those that the journal held at start.
  notices(caf::actor_config& config, std::vector<notice> known, std::vector<warning> warned,
          journal_actor journal, std::shared_ptr<host::clock> clock, inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  void add(const add_notice& what);
  void add(const add_warning& what);
  caf::result<std::uint64_t> okay(time_point until);
  void store(journal_batch batch);

  notice_book notices_;
  warning_book warnings_;
  journal_actor journal_;
  std::shared_ptr<host::clock> clock_;
};

} // namespace troupe
