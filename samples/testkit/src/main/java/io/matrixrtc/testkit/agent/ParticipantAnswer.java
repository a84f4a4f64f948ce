package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a {@link ParticipantRequest} ended. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ParticipantAnswer.Done.class, name = "done"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Room.class, name = "room"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Fingerprint.class, name = "fingerprint"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Holdings.class, name = "holdings"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Counts.class, name = "counts"),
  @JsonSubTypes.Type(value = ParticipantAnswer.Recordings.class, name = "recordings")
})
public sealed interface ParticipantAnswer {

  /** It is done. */
  record Done() implements ParticipantAnswer {}

  /**
   * It could not be done.
   *
   * @param sentence for people: what went wrong and what to try
   */
  record Failed(String sentence) implements ParticipantAnswer {}

  /** The room that was made. */
  record Room(String roomId) implements ParticipantAnswer {}

  /** The device's Ed25519 key in base64. */
  record Fingerprint(String ed25519) implements ParticipantAnswer {}

  /** Every media key that the participant ever used or was given. Secret: for attacks only. */
  record Holdings(List<HeldKey> keys) implements ParticipantAnswer {}

  /**
   * A media key and whose it is.
   *
   * @param sender media identity of the member that encrypts with it
   */
  record HeldKey(String sender, int index, String keyBase64) {
    @Override
    public String toString() {
      return "HeldKey[" + sender + " " + index + "]";
    }
  }

  /**
   * Frames up to now.
   *
   * @param sent frames published
   * @param unsendable frames that were due and not sent for want of a key
   * @param heard by sender
   */
  record Counts(long sent, long unsendable, Map<String, Heard> heard)
      implements ParticipantAnswer {}

  /**
   * Frames of one sender.
   *
   * @param lastKeyIndex of the last decrypted frame; -1 if there was none
   * @param decrypted authentic frames
   * @param late those of them that had to wait for their key
   * @param undecryptable all others
   * @param differing decrypted frames that are not the source frame of their number
   */
  record Heard(int lastKeyIndex, long decrypted, long late, long undecryptable, long differing) {}

  /** What was heard of each sender and track. */
  record Recordings(List<Recording> tracks) implements ParticipantAnswer {}

  /**
   * One track of one sender.
   *
   * @param file where it was written; null if nothing decodable was heard
   * @param complete heard from the clip's first frame to the last
   * @param identical the file equals the clip's, byte for byte
   */
  record Recording(
      String sender, String track, @Nullable String file, boolean complete, boolean identical) {}
}
