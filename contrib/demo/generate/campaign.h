#pragma once

#include "shopper.h"

namespace cdp::demo {

/// What the n-th campaign person does. The first 120 people cover every channel with every depth,
/// so that no truth is empty in small data; after them the shares are those of a real campaign.
struct CampaignPlan {
  enum class Turn : std::uint8_t {
    kPlain,         // the steps in order
    kTooLate,       // one more step, after the window
    kOutOfOrder,    // one more step, before its turn
    kSecondFollow,  // only the chain from a later follow gets so deep
    kEdge,          // the last step exactly at the end of the window
    kRepeats,       // steps done again
    kTie            // the last two steps in the same second, the later one written first
  };
  Channel entry;
  int depth;  // 1 to 6
  Turn turn;
};
CampaignPlan PlanCampaign(Random& random, int n);

/// Plays the plan and tells the ledger the first follow's channel and the depth.
void PlayCampaign(Shopper& shopper, const CampaignPlan& plan);

}  // namespace cdp::demo
