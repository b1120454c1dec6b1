#include "runtime/snap/names.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

// Not <cctype>, whose answers depend on the locale.
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_or_digit(char c) { return is_lower(c) || is_digit(c); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || is_upper(c); }

[[noreturn]] void invalid(std::string_view what, std::string_view name, std::string_view why) {
  throw failure{"invalid " + std::string{what} + " name: " + in_quotes(name) + ": " + std::string{why}};
}

template <class Allowed>
void check_dashed(std::string_view what, std::string_view name, Allowed allowed,
                  std::string_view alphabet) {
  if (name.empty())
    invalid(what, name, "it can't be empty");
  if (name.size() > limits::snap_app_name_bytes)
    invalid(what, name,
            "it is longer than " + std::to_string(limits::snap_app_name_bytes) + " characters");
  if (!std::ranges::all_of(name, [&](char c) { return allowed(c) || c == '-'; }))
    invalid(what, name, "it may hold only " + std::string{alphabet} + " and dashes");
  if (name.front() == '-' || name.back() == '-')
    invalid(what, name, "a dash can't be first or last");
  if (name.find("--") != name.npos)
    invalid(what, name, "it can't have two dashes in a row");
}

void check_lower_dashed(std::string_view what, std::string_view name) {
  check_dashed(what, name, is_lower_or_digit, "a-z, 0-9");
  if (!is_lower(name.front()))
    invalid(what, name, "it must begin with a letter");
}

} // namespace

void check_snap_name(std::string_view name) {
  if (name.size() < 2 || name.size() > 40)
    invalid("snap", name, "it must be 2 to 40 characters long");
  check_dashed("snap", name, is_lower_or_digit, "a-z, 0-9");
  if (std::ranges::none_of(name, is_lower))
    invalid("snap", name, "it must hold a letter");
  if (name == "bin")
    invalid("snap", name, "it is the name of the directory of launchers");
}

void check_instance_name(std::string_view name) {
  auto parts = split_instance_name(name);
  check_snap_name(parts.snap);
  if (parts.snap.size() == name.size())
    return;
  if (parts.key.empty() || parts.key.size() > 10 || !std::ranges::all_of(parts.key, is_lower_or_digit))
    throw failure{"invalid instance key: " + in_quotes(parts.key) +
                  ": it must be 1 to 10 characters of a-z and 0-9"};
}

void check_app_name(std::string_view name) {
  check_dashed("app", name, is_letter_or_digit, "letters, digits");
}

void check_hook_name(std::string_view name) { check_lower_dashed("hook", name); }
void check_plug_name(std::string_view name) { check_lower_dashed("plug", name); }
void check_slot_name(std::string_view name) { check_lower_dashed("slot", name); }
void check_interface_name(std::string_view name) { check_lower_dashed("interface", name); }

void check_alias_name(std::string_view name) {
  auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
  if (name.empty() || name.size() > limits::snap_app_name_bytes || !is_letter_or_digit(name.front()) ||
      !std::ranges::all_of(name, allowed))
    invalid("alias", name, "it must be letters, digits and \"-_.\", a letter or digit first");
}

void check_declared_alias(std::string_view snap, std::string_view name) {
  check_alias_name(name);
  if (name.substr(0, name.find('.')) == snap)
    invalid("alias", name, "it conflicts with the command namespace of its own snap");
}

name_parts split_instance_name(std::string_view name) {
  auto cut = name.find('_');
  if (cut == name.npos)
    return {std::string{name}, {}};
  return {std::string{name.substr(0, cut)}, std::string{name.substr(cut + 1)}};
}

} // namespace troupe
