#pragma once

#include <functional>
#include <memory>

#include "actors/company.hpp"
#include "actors/errors.hpp"
#include "runtime/rules/store_request.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/snap/architecture.hpp"

namespace troupe {

/// What is said where no store has anything and none is at fault.
inline constexpr auto no_store = "no store that has snaps is set up";

/// Reads what stores offer by now, and gives it to `use` with what is installed and who holds refreshes.
/// `self` is the actor that asks; whatever goes wrong is given to `refuse`.
template <class Self>
void read_stores(Self* self, const director_actor& director, const company_ptr& with,
                 std::function<void(const store_view&)> use,
                 std::function<void(const failure&)> refuse) {
  struct reading {
    store_answer answer;
    snap_list snaps;
  };
  auto all = std::make_shared<reading>();
  auto failed = [refuse](const caf::error& why) { refuse(to_failure(why)); };
  auto look = [all, with, use, refuse](const system_settings_ptr& settings) {
    store_view view{
        *all->answer.index,    all->answer.faults,         {}, std::string{host_architecture()},
        settings->all_holds(), with->host->os.clock->now()};
    for (const auto& state : all->snaps)
      view.installed.emplace(state->name, state);
    try {
      use(view);
    } catch (const failure& why) {
      refuse(why);
    } catch (const std::exception& why) {
      refuse({failure_kind::internal, why.what()});
    }
  };
  auto read = std::make_shared<const std::function<void()>>([all, from = with->host->stores] {
    if (from)
      all->answer = from->read();
    if (!all->answer.index)
      all->answer.index = std::make_shared<const store_index>();
    if (all->answer.index->snaps.empty() && all->answer.faults.empty())
      all->answer.faults.emplace_back(no_store);
  });
  auto ask_settings = [self, with, look, failed] {
    self->request(with->settings, caf::infinite, get_settings{}).then(look, failed);
  };
  self->request(with->downloads, caf::infinite, perform_work{std::move(read)})
      .then(
          [self, director, all, ask_settings, failed](work_done) {
            self->request(director, caf::infinite, list_snaps{})
                .then(
                    [all, ask_settings](const snap_list& list) {
                      all->snaps = list;
                      ask_settings();
                    },
                    failed);
          },
          failed);
}

} // namespace troupe
