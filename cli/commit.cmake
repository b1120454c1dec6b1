# Writes the commit that is built into a header, where that has changed.
execute_process(COMMAND git describe --always --dirty WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT [[
#pragma once

namespace troupe {

/// The commit that this was built of.
inline constexpr char commit[] = "@commit@";

} // namespace troupe
]] @ONLY)
