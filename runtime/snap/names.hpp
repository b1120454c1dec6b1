#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Throws failure unless the text names a snap: 2 to 40 characters of a-z, 0-9 and single inner dashes,
/// a letter among them. Source: the rules of snap.yaml, key `name`. `bin` is refused, since it would be
/// mounted over the directory of the launchers.
void check_snap_name(std::string_view name);

/// Throws failure unless the text is a snap's name, or one with `_` and an instance key of 1 to 10
/// characters of a-z and 0-9.
void check_instance_name(std::string_view name);

/// Throws failure unless the text names an application: letters, digits and single inner dashes, at most
/// limits::snap_app_name_bytes.
void check_app_name(std::string_view name);

/// Throws failure unless the text names a hook: a lower-case letter, then a-z, 0-9 and single inner
/// dashes, at most limits::snap_app_name_bytes.
void check_hook_name(std::string_view name);

/// As check_hook_name, for plugs.
void check_plug_name(std::string_view name);

/// As check_hook_name, for slots.
void check_slot_name(std::string_view name);

/// As check_hook_name, for interfaces.
void check_interface_name(std::string_view name);

/// Throws failure unless the text names a command's alias: a letter or digit, then letters, digits and
/// `-_.`, at most limits::snap_app_name_bytes.
void check_alias_name(std::string_view name);

/// As check_alias_name, for an automatic alias of this snap: refuses the snap's own name too, alone or
/// with a dot behind it, since that may become a launcher's.
void check_declared_alias(std::string_view snap, std::string_view name);

/// An instance name's two halves.
struct name_parts {
  std::string snap;
  std::string key; ///< Empty: the snap's plain instance.

  bool operator==(const name_parts&) const = default;
};

/// Cuts an instance name at its first underscore; checks nothing.
name_parts split_instance_name(std::string_view name);

} // namespace troupe
