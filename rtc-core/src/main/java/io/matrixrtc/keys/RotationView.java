package io.matrixrtc.keys;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a {@link RotationPolicy} decides from: one moment of a call, as its sender knows it. The
 * sets are read-only and valid for the length of the call to {@link RotationPolicy#plan}.
 *
 * @param now the current time
 * @param present everyone in the call but this device, who meets the send policy
 * @param devices the devices of {@code present}
 * @param own the newest own key
 * @param joined those present who were not offered the newest key
 * @param excluded those of {@code joined} whom KEY-ELIG denies the newest key: they were learned of
 *     after its first frame
 * @param left participations that were offered the newest key and are over: it is tainted
 * @param leftAt when the first of {@code left} was learned; empty if there is none
 * @param changedAt when the first change was learned that the newest key does not answer; empty if
 *     there is none
 * @param activity what this device sends
 * @param rollout the rotation that is under way, or the last one
 * @param aged whether the newest key has encrypted for as long as, or as much as, it may (KEY-AGE)
 * @param joinsLately joins learned in the last two seconds, counted to four
 * @param jitter a number from 0 to 1, drawn for the newest key
 * @param background what may be spent in the background
 * @param ratchet what the ratchet rules need to know
 */
public record RotationView(
    Instant now,
    Set<CallMember> present,
    Set<DeviceAddress> devices,
    OwnKeyState own,
    Set<CallMember> joined,
    Set<CallMember> excluded,
    Set<CallMember> left,
    Optional<Instant> leftAt,
    Optional<Instant> changedAt,
    Activity activity,
    Rollout rollout,
    boolean aged,
    int joinsLately,
    double jitter,
    Background background,
    RatchetState ratchet) {

  /** What this device sends. */
  public enum Activity {
    /** No frame on any track for 2 s (KEY-SILENT). */
    SILENT,
    /** Frames leave, or may leave unnoticed. */
    SENDING,
    /** Frames are there and are held back (KEY-HOLD). */
    HELD
  }

  /**
   * Rotations.
   *
   * @param pending whether the newest key is made and not yet in use
   * @param followed how many keys were made while another one waited to be used
   * @param startedAt when the last rotation for a sender began; {@link Instant#MIN} if none did
   * @param heldSince when the running hold began, else now
   */
  public record Rollout(boolean pending, int followed, Instant startedAt, Instant heldSince) {
    /** None under way, none before. */
    public static final Rollout NONE = new Rollout(false, 0, Instant.MIN, Instant.MIN);
  }

  /**
   * What a silent participant may do.
   *
   * @param tokens messages left in the budget
   * @param earliest the jittered time before which nothing is offered
   * @param likelySpeaker whether this device is likely to speak soon
   * @param prepareAt the time before which a likely speaker makes no key ready
   */
  public record Background(int tokens, Instant earliest, boolean likelySpeaker, Instant prepareAt) {
    /** Nothing to spend. */
    public static final Background NONE = new Background(0, Instant.MAX, false, Instant.MAX);
  }

  /**
   * Whether the newest key may be advanced instead of replaced.
   *
   * @param everyoneWalks KEY-R0: the media layer can advance, and every receiver is known to walk
   * @param dataPackets KEY-R6: data packets are encrypted too
   * @param unconfirmed KEY-R4: a message with the newest key has no confirmation
   * @param stepPending material two generations on was offered and is not in use yet
   * @param advances KEY-R5: how often the key was advanced
   * @param firstAdvanceAt KEY-R5: when it was advanced first
   * @param lastAdvanceAt when it was advanced last, or put to use
   */
  public record RatchetState(
      boolean everyoneWalks,
      boolean dataPackets,
      boolean unconfirmed,
      boolean stepPending,
      int advances,
      Optional<Instant> firstAdvanceAt,
      Optional<Instant> lastAdvanceAt) {
    /** No ratchet. */
    public static final RatchetState NONE =
        new RatchetState(false, false, false, false, 0, Optional.empty(), Optional.empty());
  }

  /** A sender with nothing under way: what a policy of upstream's kind needs to know. */
  public static RotationView of(OwnKeyState own, Set<CallMember> present, Instant now) {
    Set<CallMember> joined = new HashSet<>(present);
    Set<CallMember> left = new HashSet<>();
    if (own instanceof OwnKeyState.Held held) {
      joined.removeAll(held.offered());
      left.addAll(held.offered());
      left.removeAll(present);
    }
    Optional<Instant> change =
        joined.isEmpty() && left.isEmpty() ? Optional.empty() : Optional.of(now);
    return new RotationView(
        now,
        present,
        present.stream().map(CallMember::device).collect(Collectors.toSet()),
        own,
        joined,
        Set.of(),
        left,
        left.isEmpty() ? Optional.empty() : change,
        change,
        Activity.SENDING,
        Rollout.NONE,
        false,
        0,
        0.5,
        Background.NONE,
        RatchetState.NONE);
  }

  /** Those who were not offered the newest key and may be. */
  public Set<CallMember> eligible() {
    if (excluded.isEmpty()) {
      return joined;
    }
    Set<CallMember> eligible = new HashSet<>(joined);
    eligible.removeAll(excluded);
    return eligible;
  }

  /** Whether a device that was offered the newest key is not in the call at all any more. */
  public boolean aDeviceLeft() {
    return left.stream().anyMatch(member -> !devices.contains(member.device()));
  }
}
