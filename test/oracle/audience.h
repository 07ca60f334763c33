/// Audience expressions from their meaning: a random tree, its postfix form, and spellings of it
/// that follow from the grammar.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/audience/expression.h"

namespace cdp::oracle {

struct Tree {
  audience::Step step;
  std::unique_ptr<Tree> left;  // of "not" the only one
  std::unique_ptr<Tree> right;
};

inline std::string RandomWord(std::mt19937_64& rng) {
  static const std::vector<std::string> kParts = {"a",
                                                  "Z",
                                                  "9",
                                                  "_",
                                                  "-",
                                                  ".",
                                                  "\xe9\x87\x91",
                                                  "\xd0\xb6",
                                                  "not",
                                                  "in",
                                                  " ",
                                                  "\"",
                                                  "'",
                                                  "\\",
                                                  ":",
                                                  "(",
                                                  ",",
                                                  "\n",
                                                  "\x01",
                                                  "\xf0\x9f\x98\x80",
                                                  "\xef\xbc\x88"};
  std::string word;
  // Mostly plain words, sometimes anything.
  const std::size_t kinds = rng() % 3 == 0 ? kParts.size() : 8;
  for (std::uint64_t i = 1 + rng() % 4; i > 0; --i) word += kParts[rng() % kinds];
  return word;
}

inline std::unique_ptr<Tree> RandomTree(std::mt19937_64& rng, int depth) {
  using audience::Op;
  auto tree = std::make_unique<Tree>();
  audience::Step& step = tree->step;
  const auto kind = rng() % (depth > 0 ? 8 : 3);
  if (kind == 0) {
    step.op = Op::kEveryone;
  } else if (kind == 1) {
    step = {Op::kAudience, RandomWord(rng), true, {}};
  } else if (kind == 2) {
    step = {Op::kTag, RandomWord(rng), true, {}};
    for (std::uint64_t i = rng() % 4; i > 0; --i) {
      step.any_value = false;
      step.values.push_back(rng() % 9 == 0 ? "" : RandomWord(rng));
    }
  } else {
    step.op = kind == 3 ? Op::kNot : kind < 6 ? Op::kAnd : Op::kOr;
    tree->left = RandomTree(rng, depth - 1);
    if (step.op != Op::kNot) tree->right = RandomTree(rng, depth - 1);
  }
  return tree;
}

inline void Postfix(const Tree& tree, std::vector<audience::Step>* out) {
  if (tree.left) Postfix(*tree.left, out);
  if (tree.right) Postfix(*tree.right, out);
  out->push_back(tree.step);
}

/// One of many spellings: blanks, case, quotes, operators and needless parentheses at random.
class Speller {
 public:
  explicit Speller(std::mt19937_64& rng) : rng_(rng) {}

  /// `around`: how tightly the operator around binds (or 1, and 2, not 3).
  std::string Spell(const Tree& tree, int around = 0) {
    using audience::Op;
    const Op op = tree.step.op;
    std::string text;
    int own = 4;
    if (op == Op::kNot) {
      own = 3;
      const std::string inner = Spell(*tree.left, 3);
      text = (Chance(3) ? "!" + Blank() : Case("not") + Gap()) + inner;
    } else if (op == Op::kAnd || op == Op::kOr) {
      own = op == Op::kAnd ? 2 : 1;
      const std::string left = Spell(*tree.left, own);
      // Equal operators on the right would be taken from the left.
      std::string right = Spell(*tree.right, own + 1);
      std::string word = op == Op::kAnd ? "and" : "or";
      if (op == Op::kAnd && right.size() > 3 && tree.right->step.op == Op::kNot &&
          (right[0] == 'n' || right[0] == 'N')) {
        word = Chance(2) ? "but" : "and";
      }
      const bool symbol = word != "but" && Chance(3);
      text =
          left +
          (symbol ? Blank() + (op == Op::kAnd ? "&" : "|") + Blank() : Gap() + Case(word) + Gap()) +
          right;
    } else {
      text = Leaf(tree.step);
    }
    const bool needed = own < around;
    return needed || Chance(8) ? "(" + Blank() + text + Blank() + ")" : text;
  }

 private:
  bool Chance(unsigned n) { return rng_() % n == 0; }
  std::string Blank() { return std::string(rng_() % 3 / 2, "\t\n "[rng_() % 3]); }
  std::string Gap() { return " " + Blank(); }
  std::string Case(std::string word) {
    for (char& c : word) {
      if (Chance(4)) c = static_cast<char>(c - 'a' + 'A');
    }
    return word;
  }
  std::string Quoted(const std::string& word) {
    bool plain = !word.empty() && !Chance(4);
    for (const char c : word)
      plain = plain && (c < 0 || isalnum(c) || c == '_' || c == '-' || c == '.');
    // A full-width parenthesis is no letter.
    if (plain && word.find("\xef\xbc\x88") == std::string::npos) return word;
    const char quote = "\"'"[rng_() % 2];
    std::string out(1, quote);
    for (const char c : word) {
      if (c == quote) out += c;
      out += c;
    }
    return out + quote;
  }
  std::string Leaf(const audience::Step& step) {
    using audience::Op;
    if (step.op == Op::kEveryone) return Case("everyone");
    std::string text = Case(step.op == Op::kTag ? "tag" : "audience") + Blank() + ":" + Blank();
    text += Quoted(step.name);
    if (step.values.size() == 1 && Chance(2))
      return text + Blank() + "=" + Blank() + Quoted(step.values[0]);
    if (step.values.empty()) return text;
    text += Gap() + Case("in") + Blank() + "(";
    for (std::size_t i = 0; i < step.values.size(); ++i) {
      if (i > 0) text += Blank() + ",";
      text += Blank() + Quoted(step.values[i]);
    }
    return text + Blank() + ")";
  }

  std::mt19937_64& rng_;
};

}  // namespace cdp::oracle
