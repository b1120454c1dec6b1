#include "cli/report/ticks.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::report {

namespace {

constexpr double wanted_steps = 5;
constexpr int few_decades = 3;

/// The smallest of 1, 2, 5, 10 times a power of ten that isn't below the number.
double round_step(double at_least) {
  auto power = std::pow(10, std::floor(std::log10(at_least)));
  for (double digit : {1.0, 2.0, 5.0})
    if (digit * power >= at_least * (1 - 1e-9))
      return digit * power;
  return 10 * power;
}

double usable_step(double low, double high) {
  auto span = high - low;
  return round_step(span > 0 ? span / wanted_steps : std::max(std::abs(high), 1.0) / wanted_steps);
}

// Counting by whole numbers, since adding a step again and again would drift.
void add_multiples(axis& to, double step) {
  auto first = std::llround(std::ceil(to.low / step - 1e-9));
  auto last = std::llround(std::floor(to.high / step + 1e-9));
  for (auto i = first; i <= last; ++i)
    to.ticks.push_back(static_cast<double>(i) * step);
}

axis logarithmic_axis(double low, double high) {
  auto first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  auto last = std::max(static_cast<int>(std::ceil(std::log10(high) - 1e-9)), first + 1);
  axis result{std::pow(10, first), std::pow(10, last), {}, scale::logarithmic};
  for (auto decade = first; decade <= last; ++decade)
    for (double digit : {1.0, 2.0, 5.0})
      if ((digit == 1 || last - first <= few_decades) && digit * std::pow(10, decade) <= result.high)
        result.ticks.push_back(digit * std::pow(10, decade));
  return result;
}

} // namespace

double axis::share(double value) const {
  if (kind == scale::logarithmic)
    return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

axis axis_for(double low, double high, scale kind) {
  if (kind == scale::logarithmic)
    return logarithmic_axis(low, high);
  auto step = usable_step(low, high);
  axis result{std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, {}, kind};
  if (result.high <= result.low)
    result.high = result.low + step;
  add_multiples(result, step);
  return result;
}

axis tight_axis_for(double low, double high) {
  auto step = usable_step(low, high);
  axis result{low, high > low ? high : low + step, {}, scale::linear};
  add_multiples(result, step);
  return result;
}

} // namespace troupe::report
