#include "runtime/interfaces/known_interfaces.hpp"

#include "runtime/interfaces/declaration_yaml.hpp"

namespace troupe {

const interface_book& known_interfaces() {
  static const interface_book book = [] {
    std::vector<interface_definition> all;
    for (auto text : known_interface_files())
      all.push_back(interface_from(headers_from_yaml(text)));
    return interface_book{std::move(all)};
  }();
  return book;
}

const grants& template_grants() {
  static const grants everybody = grants_from(headers_from_yaml(template_file()), {}, false).always;
  return everybody;
}

} // namespace troupe
