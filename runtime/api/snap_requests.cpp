#include "runtime/api/snap_requests.hpp"

#include "runtime/rules/duration_text.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

snap_request snap_request_of(const json::object& body, const std::string& name) {
  check_instance_name(name);
  snap_request wanted;
  wanted.snap = name;
  wanted.verb = json::string_or(body, "action");
  if (wanted.verb == "install" || wanted.verb == "refresh")
    throw failure{failure_kind::snap_not_found,
                  "cannot " + wanted.verb + " snap \"" + name +
                      "\": no store is set up; install it from a file",
                  json::write(json::value(name))};
  if (wanted.verb != "remove" && wanted.verb != "enable" && wanted.verb != "disable")
    throw failure{"cannot act on snap \"" + name + "\": unknown action \"" + wanted.verb + '"'};
  wanted.purge = json::bool_or(body, "purge");
  auto rev = json::string_or(body, "revision");
  if (!rev.empty()) {
    auto parsed = revision_from_text(rev);
    if (!parsed || !*parsed)
      throw failure{"cannot " + wanted.verb + " snap \"" + name + "\": \"" + rev + "\" is no revision"};
    wanted.rev = *parsed;
  }
  wanted.force = json::bool_or(body, "force");
  if (wanted.force && wanted.verb != "disable")
    throw failure{"cannot " + wanted.verb + " snap \"" + name + "\": only disable takes force"};
  if (wanted.verb != "remove" && (wanted.purge || wanted.rev))
    throw failure{"cannot " + wanted.verb + " snap \"" + name +
                  "\": it takes neither revision nor purge"};
  return wanted;
}

void set_options(operation_request& wanted, const std::string& transaction,
                 const std::string& conflict) {
  if (transaction == "all-snaps")
    wanted.transaction = troupe::transaction::all_snaps;
  else if (!transaction.empty() && transaction != "per-snap")
    throw failure{"cannot start change: transaction must be per-snap or all-snaps, not \"" +
                  transaction + '"'};
  auto word = conflict.substr(0, conflict.find('='));
  if (word == "wait")
    wanted.on_conflict = conflict_policy::wait;
  else if (word == "replace")
    wanted.on_conflict = conflict_policy::replace;
  else if (!conflict.empty() && conflict != "fail")
    throw failure{
        "cannot start change: conflict must be fail, wait, wait=TIME, replace or replace=TIME, not \"" +
        conflict + '"'};
  if (word == conflict)
    return;
  wanted.wait_at_most = duration_from_text(std::string_view{conflict}.substr(word.size() + 1));
  if (!wanted.wait_at_most)
    throw failure{"cannot start change: \"" + conflict.substr(word.size() + 1) +
                  "\" is no time to wait; write it like 30s, 5m or 1h30m"};
}

operation_request operation_request_of(const json::object& body, const std::vector<std::string>& names,
                                       std::uint32_t uid) {
  operation_request wanted;
  wanted.uid = uid;
  for (const auto& name : names)
    wanted.snaps.push_back(snap_request_of(body, name));
  set_options(wanted, json::string_or(body, "transaction"), json::string_or(body, "conflict"));
  return wanted;
}

failure in_users_words(const failure& what, const std::string& spooled, const std::string& given) {
  std::string text = what.what();
  auto hidden = in_quotes(spooled);
  if (auto at = text.find(hidden); at != text.npos)
    text.replace(at, hidden.size(), in_quotes(given));
  return {what.kind(), text, what.value()};
}

} // namespace troupe
