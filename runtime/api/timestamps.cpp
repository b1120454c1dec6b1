#include "runtime/api/timestamps.hpp"

#include <charconv>
#include <string>

#include "messages/failure.hpp"

namespace troupe {

namespace {

using namespace std::chrono;

/// Takes parts of a time off the front of a text; anything unexpected makes it bad for good.
class time_reader {
public:
  explicit time_reader(std::string_view text) : rest_{text} {}

  int number(std::size_t digits, int least, int most) {
    int value = 0;
    if (rest_.size() < digits || rest_.substr(0, digits).find_first_not_of("0123456789") != rest_.npos)
      return fail();
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return value < least || value > most ? fail() : value;
  }

  char one_of(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == wanted.npos) {
      fail();
      return '\0';
    }
    auto found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  nanoseconds fraction() {
    if (!rest_.starts_with('.'))
      return {};
    rest_.remove_prefix(1);
    auto digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
    if (digits.empty())
      fail();
    rest_.remove_prefix(digits.size());
    nanoseconds sum{};
    nanoseconds place = 100ms;
    for (char digit : digits) {
      sum += (digit - '0') * place;
      place /= 10;
    }
    return sum;
  }

  bool is_read() const { return !bad_ && rest_.empty(); }

private:
  int fail() {
    bad_ = true;
    return 0;
  }

  std::string_view rest_;
  bool bad_ = false;
};

} // namespace

time_point from_rfc3339(std::string_view text) {
  constexpr int first_year = 1970;
  constexpr int last_year = 2261;
  time_reader reader{text};
  year y{reader.number(4, first_year, last_year)};
  reader.one_of("-");
  month m{static_cast<unsigned>(reader.number(2, 1, 12))};
  reader.one_of("-");
  day d{static_cast<unsigned>(reader.number(2, 1, 31))};
  reader.one_of("Tt ");
  hours h{reader.number(2, 0, 23)};
  reader.one_of(":");
  minutes min{reader.number(2, 0, 59)};
  reader.one_of(":");
  seconds s{reader.number(2, 0, 60)};
  auto fraction = reader.fraction();
  minutes offset{};
  if (auto sign = reader.one_of("Zz+-"); sign == '+' || sign == '-') {
    offset = hours{reader.number(2, 0, 23)};
    reader.one_of(":");
    offset += minutes{reader.number(2, 0, 59)};
    offset = sign == '-' ? -offset : offset;
  }
  if (!reader.is_read() || !(y / m / d).ok())
    throw failure{"malformed time \"" + std::string{text} +
                  "\": it must look like 2024-05-01T10:30:00Z"};
  return sys_days{y / m / d} + h + min + s + fraction - offset;
}

} // namespace troupe
