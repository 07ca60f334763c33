/// A rule's tree as rows.

#include "core/audience/rule_ask.h"
#include "core/audience/rule_words.h"
#include "pg/audience/rule_datum.h"
#include "pg/base/row_set.h"

namespace cdp::pg {
namespace {

struct TreeLine {
  int depth;
  audience::Kind kind;
  std::string_view text;  ///< UTF-8
};

RowList<TreeLine> LinesOf(std::string_view utf8) {
  return CallCore([=] {
    ContextResource memory(CurrentMemoryContext);
    std::pmr::vector<TreeLine> lines(&memory);
    for (const auto& row : audience::TreeOf(audience::ParseRule(utf8))) {
      lines.push_back(
          {row.depth, row.kind, utf8.substr(row.place.begin, row.place.end - row.place.begin)});
    }
    return ListOf(lines);
  });
}

}  // namespace

CDP_FUNCTION(cdp_rule_tree) {
  return ReturnRows<3>(
      fcinfo,
      [fcinfo] {
        // The lines point into it.
        const std::string_view text = RuleText(fcinfo, 0);
        return LinesOf(Utf8Of({pnstrdup(text.data(), text.size()), text.size()}));
      },
      [](const TreeLine& line, Datum* values, bool*) {
        values[0] = Int32GetDatum(line.depth);
        values[1] = TextOf(audience::WordOf(line.kind));
        values[2] = TextOf(ServerOf(line.text));
      });
}

}  // namespace cdp::pg
