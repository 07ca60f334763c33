/// Arbitrary text as steps and exclusions, one to a line: what is read must be sound, must run, and
/// must read alike once its names are numbers.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/behavior/ruled_funnel.h"

namespace {

using namespace cdp::behavior;

class AnyName final : public StepNames {
 public:
  std::optional<std::int64_t> Event(std::string_view name) override {
    return static_cast<std::int64_t>(name.size());
  }
  std::optional<std::int64_t> Property(std::string_view) override { return 2; }
  std::optional<std::int64_t> Number(std::string_view, std::string_view name) override {
    return -static_cast<std::int64_t>(name.size());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cdp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    AnyName names;
    const std::string numbered = NumberSteps(text, &names);
    if (NumberSteps(numbered, &names) != numbered) std::abort();
  } catch (const StepsError& error) {
    if (error.at() > size) std::abort();
  } catch (const Error&) {
  }
  std::pmr::monotonic_buffer_resource memory;
  const auto line = text.find('\n');
  RuledQuestion question{.steps = text.substr(0, line), .window = FunnelWindow(1000)};
  if (line != std::string_view::npos) question.exclude = text.substr(line + 1);
  question.mode.order = size % 2 == 1;
  question.entry = static_cast<FunnelEntry>(size % 3);
  try {
    const RuledFunnel funnel(question, &memory);
    if (funnel.steps() < 1 || funnel.steps() > kMaxSteps) std::abort();
  } catch (const StepsError& error) {
    if (error.at() > size) std::abort();
    return 0;
  } catch (const Error&) {
    return 0;
  }
  FunnelSteps read(&memory);
  ReadSteps(question.steps, &read);
  const StepFilter filter(read, &memory);
  RuleScan scan({.steps = read.steps, .window = question.window, .mode = question.mode}, &memory);
  scan.Begin(true);
  for (int i = 0; i < 40; ++i) {
    const auto get = [i](Operand operand) -> std::optional<std::int64_t> {
      if ((i + operand) % 5 == 0) return std::nullopt;
      return i * 7 - 100;
    };
    const std::uint64_t steps = filter.Filled(i % 8, LowBits(read.steps), get);
    if ((steps & ~LowBits(read.steps)) != 0) std::abort();
    if (scan.Feed(i * i, steps)) break;
  }
  if (scan.Finish().depth > read.steps) std::abort();
  return 0;
}
