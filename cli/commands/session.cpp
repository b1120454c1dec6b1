#include "cli/commands/session.hpp"

#include <iostream>

#include "cli/commands/output.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/target.hpp"
#include "runtime/snap/layout.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

http_client& session::daemon() {
  if (!daemon_)
    daemon_.emplace(layout{root}.troupe_socket());
  return *daemon_;
}

std::string snap_target(const std::string& name) {
  check_instance_name(name);
  return "/v2/snaps/" + percent_encode(name);
}

json::value session::get(const std::string& target) { return result_of(daemon().get(target)); }

void session::get_stream(const std::string& target, const std::function<bool(std::string_view)>& take) {
  auto answer = daemon().get_stream(target, take);
  if (answer.status != 200)
    result_of(answer);
}

json::value session::post(const std::string& target, const json::object& request) {
  return result_of(daemon().post(target, request));
}

std::string session::start_change(const std::string& target, const json::object& request) {
  return change_of(daemon().post(target, request));
}

std::string session::start_change_by_put(const std::string& target, const json::object& request) {
  return change_of(daemon().put(target, request));
}

json::value session::post_form(const std::string& target, const file_form& form) {
  return result_of(daemon().post_form(target, form.fields, "snap", form.files, form.sent));
}

std::string session::start_change_by_form(const std::string& target, const file_form& form) {
  return change_of(daemon().post_form(target, form.fields, "snap", form.files, form.sent));
}

std::string word_of(const failure& error) {
  if (dynamic_cast<const change_failed*>(&error))
    return "change-failed";
  if (dynamic_cast<const interrupted*>(&error))
    return "interrupted";
  if (dynamic_cast<const usage_error*>(&error))
    return "usage";
  if (const auto* answered = dynamic_cast<const api_error*>(&error))
    return answered->word();
  return std::string{kind_word(error.kind())};
}

void report(const session& session, const failure& error) {
  if (session.json) {
    json::object body{{"message", error.what()}, {"kind", word_of(error)}};
    if (const auto* failed = dynamic_cast<const change_failed*>(&error))
      body["change"] = failed->change();
    print_json(json::object{{"error", std::move(body)}});
    return;
  }
  auto word = word_of(error);
  bool is_news = word == "snap-already-installed" || word == "snap-not-installed";
  colours colours{2};
  std::cerr << (is_news ? "" : colours.red("error:") + " ") << printable(error.what());
  if (word == "login-required")
    std::cerr << " (try with sudo)";
  std::cerr << '\n';
  if (const auto* failed = dynamic_cast<const change_failed*>(&error))
    std::cerr << colours.faint("See what it did: troupe tasks " + printable(failed->change())) << '\n';
}

int code_of(const failure& error) {
  if (dynamic_cast<const usage_error*>(&error))
    return exit_code::usage;
  if (dynamic_cast<const interrupted*>(&error))
    return exit_code::interrupted;
  return word_of(error) == "snap-change-conflict" ? exit_code::conflict : exit_code::failed;
}

} // namespace troupe::cli
