#include <algorithm>
#include <charconv>
#include <limits>

#include "actors/gateway_ask.hpp"
#include "actors/installed.hpp"
#include "runtime/api/reply_stream.hpp"
#include "runtime/api/resources.hpp"
#include "runtime/api/snap_requests.hpp"
#include "runtime/api/target.hpp"
#include "runtime/snap/quote.hpp"

// Applications, services and their logs.

namespace troupe {

namespace {

/// What a list of SNAP and SNAP.APP names; none: all.
class name_choice {
public:
  explicit name_choice(const std::vector<std::string>& names) : names_{names.begin(), names.end()} {}

  /// Throws failure where a name means nothing.
  void check(const snap_list& list, bool services_only) const {
    for (const auto& name : names_) {
      auto dot = name.find('.');
      const auto& state = find_installed(list, name.substr(0, dot));
      if (dot == name.npos)
        continue;
      const auto* app = state.info() ? state.info()->find_app(name.substr(dot + 1)) : nullptr;
      if (!app)
        throw failure{failure_kind::app_not_found, "snap " + in_quotes(state.name) +
                                                       " has no application " +
                                                       in_quotes(name.substr(dot + 1))};
      if (services_only && !app->is_service())
        throw failure{failure_kind::app_not_found, in_quotes(name) + " is no service"};
    }
  }

  bool takes(const snap_state& state, const app_info& app) const {
    return names_.empty() || names_.contains(state.name) || names_.contains(state.name + "." + app.name);
  }

private:
  std::set<std::string> names_;
};

std::string query_value(const request& asked, const std::string& key) {
  auto found = asked.query.find(key);
  return found == asked.query.end() ? std::string{} : found->second;
}

/// Source: the snap client's contract: -1 means all; 10 unless it says otherwise.
std::size_t count_of_lines(const std::string& text) {
  if (text.empty())
    return 10;
  std::int64_t count = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (code != std::errc{} || end != text.data() + text.size() || count < -1)
    throw failure{"cannot show logs: n must be a number of lines, or -1 for all, not " +
                  in_quotes(text)};
  return count < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(count);
}

/// Sends lines on to a client.
class streamed_lines : public service_line_follower {
public:
  explicit streamed_lines(std::shared_ptr<reply_stream> to) : to_{std::move(to)} {}

  void tell(const service_line& line) override { to_->push(log_record(line)); }
  bool is_gone() const override { return to_->is_over(); }

private:
  std::shared_ptr<reply_stream> to_;
};

} // namespace

void gateway::ask_snaps(
    const exchange_ptr& what,
    std::function<troupe::response(const snap_list&, const std::set<std::string>&)> render) {
  request(with_->services, limits::actor_request, list_services{})
      .then(
          [=, this](const service_list& all) {
            active_services active;
            for (const auto& service : all)
              if (service.phase == service_phase::active)
                active.insert(service.snap + "." + service.app);
            ask<snap_list>(what, director_, list_snaps{},
                           [=](const snap_list& list) { return render(list, active); });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

void gateway::apps(const exchange_ptr& what, const std::string&) {
  auto services_only = query_value(what->what(), "select") == "service";
  name_choice choice{query_list(what->what().query, "names")};
  ask_snaps(what, [services_only, choice](const snap_list& list, const active_services& active) {
    choice.check(list, services_only);
    json::array result;
    for (const auto& state : list) {
      if (!state->info())
        continue;
      for (const auto& app : state->info()->apps)
        if ((!services_only || app.is_service()) && choice.takes(*state, app))
          result.push_back(app_resource(*state, app, true, active));
    }
    return sync(std::move(result));
  });
}

void gateway::act_on_apps(const exchange_ptr& what, const std::string&) {
  auto body = json::parse_object(what->what().body);
  start_or_plan(what, body, service_request_of(body, what->what().from.uid));
}

void gateway::logs(const exchange_ptr& what, const std::string&) {
  read_service_lines wanted;
  wanted.most = count_of_lines(query_value(what->what(), "n"));
  name_choice choice{query_list(what->what().query, "names")};
  request(director_, limits::actor_request, list_snaps{})
      .then(
          [=, this](const snap_list& list) mutable {
            try {
              choice.check(list, true);
            } catch (const failure& why) {
              return what->reply(error(why));
            }
            for (const auto& state : list)
              if (state->info())
                for (const auto& app : state->info()->apps)
                  if (app.is_service() && choice.takes(*state, app))
                    wanted.services.emplace_back(state->name, app.name);
            if (wanted.services.empty())
              return what->reply(error(
                  {failure_kind::app_not_found, "cannot show logs: no services are installed there"}));
            send_logs(what, std::move(wanted));
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

void gateway::send_logs(const exchange_ptr& what, read_service_lines wanted) {
  std::shared_ptr<reply_stream> stream;
  if (query_value(what->what(), "follow") == "true") {
    stream = std::make_shared<reply_stream>();
    wanted.follower = std::make_shared<streamed_lines>(stream);
  }
  request(with_->services, limits::actor_request, std::move(wanted))
      .then(
          [what, stream](const service_lines& lines) {
            troupe::response reply;
            reply.content_type = "application/json-seq";
            reply.more = stream;
            for (const auto& line : lines)
              reply.body += log_record(line);
            what->reply(std::move(reply));
          },
          [what, stream](const caf::error& why) {
            if (stream)
              stream->end();
            what->reply(error(to_failure(why)));
          });
}

} // namespace troupe
