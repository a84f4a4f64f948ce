package io.matrixrtc.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What an entry says of itself outside the box, for the server to compare by. It is neither sealed
 * nor signed: the index that counts is the one inside.
 *
 * @param firstMessageIndex the first message that the key opens, as claimed
 * @param forwardedCount how often the key was passed on, as claimed
 * @param verified whether its owner was verified, as claimed
 */
public record EntryRank(long firstMessageIndex, long forwardedCount, boolean verified) {
  /**
   * Returns what we say of a key (UP-RANK): never verified, since that would displace a complete
   * copy; 0 forwards if it opens everything, which nothing can displace; else 1, which displaces
   * other copies by a lower index alone, on Synapse too.
   */
  public static EntryRank of(long firstKnownIndex) {
    return new EntryRank(firstKnownIndex, firstKnownIndex == 0 ? 0 : 1, false);
  }

  /** Reads the three members; what is missing or of another type counts as 0 and false. */
  public static EntryRank parse(JsonNode entry) {
    return new EntryRank(
        entry.path("first_message_index").asLong(0),
        entry.path("forwarded_count").asLong(0),
        entry.path("is_verified").isBoolean() && entry.path("is_verified").booleanValue());
  }

  /** Whether a server keeps this one instead of {@code held}, by the specification. */
  public boolean replaces(EntryRank held) {
    if (verified != held.verified) {
      return verified;
    }
    if (firstMessageIndex != held.firstMessageIndex) {
      return firstMessageIndex < held.firstMessageIndex;
    }
    return forwardedCount < held.forwardedCount;
  }

  /**
   * Whether Synapse keeps this one instead of {@code held}: if it is better in any of the three, so
   * that a worse copy can displace a better one.
   */
  public boolean replacesOnSynapse(EntryRank held) {
    return (verified && !held.verified)
        || firstMessageIndex < held.firstMessageIndex
        || forwardedCount < held.forwardedCount;
  }

  void writeTo(ObjectNode entry) {
    entry
        .put("first_message_index", firstMessageIndex)
        .put("forwarded_count", forwardedCount)
        .put("is_verified", verified);
  }
}
