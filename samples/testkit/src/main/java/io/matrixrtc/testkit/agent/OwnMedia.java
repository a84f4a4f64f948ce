package io.matrixrtc.testkit.agent;

import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.relay.RelayClient;
import io.matrixrtc.testkit.relay.RelayLine;
import io.matrixrtc.testkit.relay.RelayListener;
import io.matrixrtc.testkit.relay.RelayProtocolException;
import io.matrixrtc.testkit.trace.Presence;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A participant's place at the relay, and the clips that it plays there. Whoever has it calls one
 * method at a time.
 */
final class OwnMedia implements AutoCloseable {
  private final ParticipantSpec spec;
  private final MediaClock clock;
  private final Way way;
  private final CallMedia media;
  private final Clips clips;
  private final Consumer<TraceEvent> trace;
  private @Nullable RelayLine relay;
  private @Nullable MediaSender sender;
  private long sentBefore;
  private long unsendableBefore;
  private boolean wasThere;

  /** How the relay is reached. */
  @FunctionalInterface
  interface Way {
    RelayLine connect(ParticipantSpec spec, RelayListener listener)
        throws IOException, RelayProtocolException;
  }

  /** Reaches the relay by its socket. */
  OwnMedia(
      ParticipantSpec spec,
      MediaClock clock,
      CallMedia media,
      Clips clips,
      Consumer<TraceEvent> trace) {
    this(spec, clock, OwnMedia::bySocket, media, clips, trace);
  }

  OwnMedia(
      ParticipantSpec spec,
      MediaClock clock,
      Way way,
      CallMedia media,
      Clips clips,
      Consumer<TraceEvent> trace) {
    this.clips = clips;
    this.spec = spec;
    this.clock = clock;
    this.way = way;
    this.media = media;
    this.trace = trace;
  }

  static RelayLine bySocket(ParticipantSpec spec, RelayListener listener)
      throws IOException, RelayProtocolException {
    return RelayClient.connect(spec.relayHost(), spec.relayPort(), spec.identity(), listener);
  }

  /** Connects to the relay. */
  void join() {
    try {
      relay = way.connect(spec, media);
    } catch (IOException | RelayProtocolException e) {
      throw new AgentClient.RefusedException(
          "cannot connect to the relay at "
              + spec.relayHost()
              + ":"
              + spec.relayPort()
              + ": "
              + e.getMessage());
    }
    tell(wasThere ? Presence.REJOINED : Presence.JOINED);
    wasThere = true;
  }

  /** Plays from a media time on. */
  void start(Duration at) {
    RelayLine open = relay;
    if (open == null) {
      throw new AgentClient.RefusedException("media starts after the call was joined");
    }
    MediaSender starting = new MediaSender(media.ownRing(), open, media);
    starting.start(clock, at, clips.of(spec.identity()));
    sender = starting;
  }

  void mute(boolean muted) {
    MediaSender playing = sender;
    if (playing == null) {
      return;
    }
    if (muted) {
      playing.mute();
    } else {
      playing.unmute();
    }
    tell(muted ? Presence.MUTED : Presence.UNMUTED);
  }

  /** Stops playing and leaves the relay. The trace has it before anyone else can act on it. */
  void leave() {
    tell(Presence.LEFT);
    close();
  }

  private void tell(Presence presence) {
    trace.accept(new TraceEvent.PresenceChanged(spec.identity(), presence, ""));
  }

  /** Frames published so far, in all joins. */
  long sent() {
    MediaSender playing = sender;
    return sentBefore + (playing == null ? 0 : playing.sent());
  }

  /** Frames that were due and not sent, in all joins. */
  long unsendable() {
    MediaSender playing = sender;
    return unsendableBefore + (playing == null ? 0 : playing.unsendable());
  }

  /** As {@link #leave}, without a word. */
  @Override
  public void close() {
    MediaSender playing = sender;
    if (playing != null) {
      playing.close();
      sentBefore += playing.sent();
      unsendableBefore += playing.unsendable();
      sender = null;
    }
    RelayLine open = relay;
    if (open != null) {
      open.close();
    }
  }
}
