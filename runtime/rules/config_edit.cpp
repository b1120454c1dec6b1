#include "runtime/rules/config_edit.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/rule_place.hpp"

namespace troupe {

namespace {

std::string_view first_part(std::string_view name) { return name.substr(0, name.find('.')); }

bool is_part(std::string_view part) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !part.empty() && part.front() != '-' && part.back() != '-' && part.find("--") == part.npos &&
         std::ranges::all_of(part, is_allowed) && std::ranges::any_of(part, is_letter);
}

void edit(json::object& in, std::string_view name, const json::value& value, std::string_view whole) {
  const auto part = first_part(name);
  if (part == name) {
    if (value.is_null())
      in.erase(part);
    else
      in.insert_or_assign(part, value);
    return;
  }
  auto* child = in.if_contains(part);
  if (!child) {
    if (value.is_null())
      return;
    child = &in.emplace(part, json::object{}).first->value();
  }
  if (!child->is_object())
    throw failure{"cannot set option " + in_marks(whole) + ": " +
                  in_marks(whole.substr(0, whole.size() - name.size() + part.size())) +
                  " isn't a document with options in it"};
  edit(child->get_object(), name.substr(part.size() + 1), value, whole);
  if (value.is_null() && child->get_object().empty())
    in.erase(part);
}

} // namespace

const json::value* find_value(const json::object& document, std::string_view name) {
  const auto* at = &document;
  for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    const auto* child = at->if_contains(name.substr(0, dot));
    if (!child || !child->is_object())
      return nullptr;
    at = &child->get_object();
    name.remove_prefix(dot + 1);
  }
  return at->if_contains(name);
}

void check_option_name(std::string_view name) {
  auto is_valid = !name.empty() && name.size() <= limits::option_name_bytes;
  for (auto rest = name; is_valid;) {
    const auto part = first_part(rest);
    is_valid = is_part(part);
    if (part == rest)
      break;
    rest.remove_prefix(part.size() + 1);
  }
  if (!is_valid)
    throw failure{"invalid option name: " + in_marks(name)};
}

json::object with_edits(json::object document, const json::object& edits) {
  for (const auto& [name, value] : edits) {
    check_option_name(name);
    edit(document, name, value, name);
  }
  if (json::write(document).size() > limits::snap_config_bytes)
    throw failure{"cannot set options: the configuration would be larger than " +
                  std::to_string(limits::snap_config_bytes) + " bytes"};
  return document;
}

json::object edits_back(const json::object& document, const json::object& edits) {
  json::object back;
  for (const auto& [name, value] : edits) {
    const auto top = first_part(name);
    const auto* former = document.if_contains(top);
    back.insert_or_assign(top, former ? *former : json::value(nullptr));
  }
  return back;
}

void add_assignment(json::object& edits, const std::string& word, bool as_text, bool as_json) {
  const auto end = word.find('=');
  if (end == word.npos && word.size() > 1 && word.ends_with('!')) {
    edits.insert_or_assign(word.substr(0, word.size() - 1), nullptr);
    return;
  }
  if (end == word.npos || end == 0)
    throw failure{"cannot set options: " + in_marks(word) +
                  " is not of the form KEY=VALUE, or KEY! to unset it"};
  const auto text = word.substr(end + 1);
  auto value = json::value(text);
  if (!as_text)
    try {
      value = json::parse(text);
    } catch (const failure&) {
      if (as_json)
        throw failure{"cannot set options: " + in_marks(text) + " is not JSON"};
    }
  edits.insert_or_assign(word.substr(0, end), std::move(value));
}

} // namespace troupe
