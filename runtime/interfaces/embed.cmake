# Writes a C++ file that holds the texts of the files in FILES and of TEMPLATE:
# cmake -DFILES=a;b -DTEMPLATE=t -DINTO=c.cpp -P embed.cmake

set(texts "")
foreach(file IN LISTS FILES)
  file(READ "${file}" text)
  string(APPEND texts "    R\"yaml(${text})yaml\",\n")
endforeach()
file(READ "${TEMPLATE}" template)
file(WRITE "${INTO}" "#include \"runtime/interfaces/known_interfaces.hpp\"

#include <array>

namespace troupe {

std::span<const std::string_view> known_interface_files() {
  static constexpr auto files = std::to_array<std::string_view>({
${texts}  });
  return files;
}

std::string_view template_file() { return R\"yaml(${template})yaml\"; }

} // namespace troupe
")
