#include "runtime/api/snap_requests.hpp"

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
  if (wanted.verb != "remove" && (wanted.purge || wanted.rev))
    throw failure{"cannot " + wanted.verb + " snap \"" + name +
                  "\": it takes neither revision nor purge"};
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
