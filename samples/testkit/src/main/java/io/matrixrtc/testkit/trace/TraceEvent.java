package io.matrixrtc.testkit.trace;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.matrixrtc.testkit.media.TrackKind;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a call. Participants are named by their identity, {@code user:device}.
 * Texts are for people; they must not hold secrets.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TraceEvent.CallStarted.class, name = "call_started"),
  @JsonSubTypes.Type(value = TraceEvent.ParticipantAdded.class, name = "participant_added"),
  @JsonSubTypes.Type(value = TraceEvent.PresenceChanged.class, name = "presence_changed"),
  @JsonSubTypes.Type(value = TraceEvent.KeyMade.class, name = "key_made"),
  @JsonSubTypes.Type(value = TraceEvent.KeyOffered.class, name = "key_offered"),
  @JsonSubTypes.Type(value = TraceEvent.KeyServed.class, name = "key_served"),
  @JsonSubTypes.Type(value = TraceEvent.KeyNotServed.class, name = "key_not_served"),
  @JsonSubTypes.Type(value = TraceEvent.KeyUsed.class, name = "key_used"),
  @JsonSubTypes.Type(value = TraceEvent.KeyReceived.class, name = "key_received"),
  @JsonSubTypes.Type(value = TraceEvent.KeyRefused.class, name = "key_refused"),
  @JsonSubTypes.Type(value = TraceEvent.FirstFrameHeard.class, name = "first_frame_heard"),
  @JsonSubTypes.Type(value = TraceEvent.FramesHeard.class, name = "frames_heard"),
  @JsonSubTypes.Type(value = TraceEvent.FramesSent.class, name = "frames_sent"),
  @JsonSubTypes.Type(value = TraceEvent.MessageSent.class, name = "message_sent"),
  @JsonSubTypes.Type(value = TraceEvent.AttackTried.class, name = "attack_tried"),
  @JsonSubTypes.Type(value = TraceEvent.Checked.class, name = "checked"),
  @JsonSubTypes.Type(value = TraceEvent.FaultChanged.class, name = "fault_changed"),
  @JsonSubTypes.Type(value = TraceEvent.Noted.class, name = "noted"),
  @JsonSubTypes.Type(value = TraceEvent.CallEnded.class, name = "call_ended"),
})
public sealed interface TraceEvent {

  /**
   * The first event.
   *
   * @param policy name of the rotation policy
   * @param seed of everything random in the script
   * @param speed media seconds per second
   * @param processes how many JVMs took part
   */
  record CallStarted(
      String title, String policy, String room, long seed, double speed, int processes)
      implements TraceEvent {}

  /**
   * A participant or an attacker, before it does anything.
   *
   * @param who identity, {@code user:device}
   * @param label short name for people
   * @param attacker whether it has no right to hear the call
   */
  record ParticipantAdded(String who, String user, String device, String label, boolean attacker)
      implements TraceEvent {}

  /** Somebody joined, left, was muted and so on. */
  record PresenceChanged(String who, Presence change, String detail) implements TraceEvent {}

  /**
   * A key was generated, or advanced by a ratchet step.
   *
   * @param reason for example {@code first key}, {@code carol left}
   */
  record KeyMade(KeyRef key, String reason) implements TraceEvent {}

  /** A message with the key was handed to the transport. */
  record KeyOffered(KeyRef key, String to) implements TraceEvent {}

  /** The sending of the key was confirmed. */
  record KeyServed(KeyRef key, String to) implements TraceEvent {}

  /** The key finally did not go out to this device, by failure or by policy. */
  record KeyNotServed(KeyRef key, String to, String reason) implements TraceEvent {}

  /** The first frame was encrypted with the key. */
  record KeyUsed(KeyRef key) implements TraceEvent {}

  /** A device took the key into its ring. */
  record KeyReceived(KeyRef key, String by) implements TraceEvent {}

  /** A device got something that called itself a key and did not take it. */
  record KeyRefused(String by, String from, int index, String reason) implements TraceEvent {}

  /** The first frame under this key that the listener could decrypt. */
  record FirstFrameHeard(String listener, KeyRef key, TrackKind kind) implements TraceEvent {}

  /**
   * Frames of one sender at one listener since the start, whatever the key.
   *
   * @param index key index of the newest frame, or -1 before the first
   * @param ok decrypted
   * @param failed not authentic under the key of their index
   * @param missingKey came before their key, or their key never came
   */
  record FramesHeard(
      String listener, String sender, int index, long ok, long failed, long missingKey)
      implements TraceEvent {}

  /**
   * Frames of one sender since the start.
   *
   * @param held not sent, since the sender first owed a key
   */
  record FramesSent(String sender, long audio, long video, long held) implements TraceEvent {}

  /**
   * A message of the call went out; each attempt is one. Secrets are fingerprints in both forms.
   *
   * @param to device that it is for, or {@code room}
   * @param type of what was meant, before encryption
   * @param clear what was meant, as JSON; empty if not known
   * @param sent the content that the homeserver saw, as JSON
   * @param outcome the answer's status, or {@code no answer}
   */
  record MessageSent(String from, String to, String type, String clear, String sent, String outcome)
      implements TraceEvent {
    /** The same with another outcome. */
    public MessageSent withOutcome(String other) {
      return new MessageSent(from, to, type, clear, sent, other);
    }

    /** Whether the homeserver saw what was meant. */
    public boolean inClear() {
      return clear.equals(sent);
    }
  }

  /**
   * An attack and how it ended.
   *
   * @param succeeded true is bad
   * @param control the same means used where they must work, so that the failure means something
   */
  record AttackTried(
      String id, String attacker, String attack, boolean succeeded, String detail, Control control)
      implements TraceEvent {
    /** Whether the system withstood and the control shows that the attack was a real one. */
    public boolean withstood() {
      return !succeeded && control.ok();
    }
  }

  /** An expectation and how it ended. */
  record Checked(String id, String claim, boolean ok, String detail, @Nullable Control control)
      implements TraceEvent {
    /** Whether the claim held and its control, if there is one, succeeded. */
    public boolean passed() {
      Control beside = control;
      return ok && (beside == null || beside.ok());
    }
  }

  /** A fault was switched on or off, at one participant or at {@code server}. */
  record FaultChanged(String fault, String target, boolean on, String detail)
      implements TraceEvent {}

  /** Anything else worth a line. */
  record Noted(@Nullable String who, String text) implements TraceEvent {}

  /** The last event. */
  record CallEnded(boolean ok, String detail) implements TraceEvent {}

  /** Something that must succeed beside a claim that something else does not happen. */
  record Control(String what, boolean ok, String detail) {}
}
