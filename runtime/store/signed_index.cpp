#include "runtime/store/signed_index.hpp"

#include <thread>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

std::string read_part(store_place& place, const std::string& file, std::size_t most,
                      const std::string& what, const std::string& advice, std::stop_token stop) {
  try {
    return place.read_file(file, most, stop);
  } catch (const failure& fault) {
    bool is_missing = fault.kind() == failure_kind::not_found;
    throw failure{is_missing ? failure_kind::bad_request : fault.kind(),
                  what + fault.what() + (is_missing ? advice : "")};
  }
}

} // namespace

index_document read_signed_index(store_place& place, const std::string& store,
                                 const std::optional<minisign::public_key>& key, std::stop_token stop) {
  auto what = "cannot read the index of store " + in_quotes(store) + ": ";
  for (int left = limits::store_signature_tries;;) {
    auto text = read_part(place, store_file::index, limits::store_index_bytes, what,
                          "; is the location that of a store? 'troupe store init DIR' makes one", stop);
    if (!key)
      return read_index(text, store);
    auto signature =
        read_part(place, store_file::signature, limits::store_signature_bytes, what,
                  "; a store with a key must be signed, see 'troupe store init --help'", stop);
    try {
      minisign::verify(*key, text, signature);
    } catch (const failure& fault) {
      if (--left > 0 && !stop.stop_requested()) {
        std::this_thread::sleep_for(limits::store_signature_retry);
        continue;
      }
      throw failure{what + "its signature is wrong: " + fault.what()};
    }
    return read_index(text, store);
  }
}

} // namespace troupe
