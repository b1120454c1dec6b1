# Writes a C++ file that holds the texts of the files in FILES: cmake -DFILES=a;b -DINTO=c.cpp -P embed.cmake

set(texts "")
foreach(file IN LISTS FILES)
  file(READ "${file}" text)
  string(APPEND texts "    R\"yaml(${text})yaml\",\n")
endforeach()
file(WRITE "${INTO}" "#include \"runtime/interfaces/known_interfaces.hpp\"

#include <array>

namespace troupe {

std::span<const std::string_view> known_interface_files() {
  static constexpr auto files = std::to_array<std::string_view>({
${texts}  });
  return files;
}

} // namespace troupe
")
