package io.matrixrtc.testkit.agent;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.FrameTally;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.media.FrameStatus;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;
import io.matrixrtc.testkit.media.MediaClock;
import io.matrixrtc.testkit.media.TrackKind;
import io.matrixrtc.testkit.relay.RelayListener;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.trace.KeyRef;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The media layer of a participant: one key ring for its own media, one for each other sender. Told
 * of keys by the session, of frames by the relay, each on its own thread.
 */
final class CallMedia implements MediaKeySink, RelayListener, MediaObserver, AutoCloseable {
  private final String self;
  private final MediaClock clock;
  private final Clips clips;
  private final KeyLog keyLog;
  private final Consumer<TraceEvent> trace;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, RemoteMedia> remotes = new ConcurrentHashMap<>();
  private volatile Consumer<String> keyMissing = sender -> {};
  private volatile KeyRing ownRing;
  private boolean closed; // what the session still has to say comes too late

  CallMedia(String self, MediaClock clock, Clips clips, KeyLog keyLog, Consumer<TraceEvent> trace) {
    this.clips = clips;
    this.self = self;
    this.clock = clock;
    this.keyLog = keyLog;
    this.trace = trace;
    this.ownRing = newRing();
  }

  private KeyRing newRing() {
    return new KeyRing(KeyRingSettings.defaults(), random, clock);
  }

  /** Sets who is told of senders whose frames have no key, now and then. */
  void onKeyMissing(Consumer<String> told) {
    keyMissing = told;
  }

  @Override
  public FrameTally framesOf(CallMember member) {
    RemoteMedia remote = remotes.get(member.mediaIdentity());
    return remote == null
        ? FrameTally.NONE
        : new FrameTally(remote.counts().decrypted(), remote.counts().undecryptable());
  }

  /** The ring that own frames are encrypted with, until the call is left. */
  KeyRing ownRing() {
    return ownRing;
  }

  Map<String, RemoteMedia> remotes() {
    return new TreeMap<>(remotes);
  }

  private RemoteMedia remote(String sender) {
    return remotes.computeIfAbsent(
        sender, identity -> new RemoteMedia(identity, clips.of(identity), newRing(), clock, this));
  }

  @Override
  public synchronized void onOwnKey(KeyIndex index, MediaKey key) {
    if (closed) {
      return;
    }
    ownRing.put(index, key);
    ownRing.use(index);
  }

  @Override
  public boolean onGate(SendGate gate) {
    ownRing.setGate(gate);
    return true;
  }

  @Override
  public boolean advancesKeys() {
    return true;
  }

  @Override
  public synchronized void onOwnKeyAdvanced(KeyIndex index, int steps) {
    if (closed) {
      return;
    }
    ownRing.advance(index, steps);
  }

  /** {@link RemoteMedia} decrypts with rings that walk. */
  @Override
  public boolean walksKeys() {
    return true;
  }

  @Override
  public synchronized void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
    if (closed) {
      return;
    }
    RemoteMedia remote = remote(member.mediaIdentity());
    KeyRef before = keyLog.find(member.mediaIdentity(), index.value());
    KeyRef received = keyLog.received(member.mediaIdentity(), index, key);
    if (!received.equals(before)) {
      remote.onKeyReplaced(index.value());
    }
    trace.accept(new TraceEvent.KeyReceived(received, self));
    remote.onKey(index, key);
  }

  @Override
  public void onRemoteLeft(CallMember member) {
    remote(member.mediaIdentity()).onLeft();
  }

  @Override
  public synchronized void onClosed() {
    if (closed) {
      return;
    }
    ownRing.close();
    ownRing = newRing();
    remotes.values().forEach(remote -> remote.forgetKeys(newRing()));
  }

  @Override
  public void onFrame(RelayedFrame frame) {
    remote(frame.sender()).onFrame(frame);
  }

  @Override
  public void onFirstFrameSent(int keyIndex, TrackKind track) {
    KeyRef key = keyLog.find(self, keyIndex);
    if (key != null) {
      trace.accept(new TraceEvent.KeyUsed(key));
    }
  }

  @Override
  public void onFirstFrameHeard(String sender, int keyIndex, TrackKind track) {
    KeyRef key = keyLog.find(sender, keyIndex);
    if (key != null) {
      trace.accept(new TraceEvent.FirstFrameHeard(self, key, track));
    }
  }

  @Override
  public void onFrameLost(String sender, FrameStatus status) {
    // Counted by RemoteMedia; a line for each would drown the trace.
    if (status == FrameStatus.NO_KEY) {
      keyMissing.accept(sender);
    }
  }

  @Override
  public void onFrameDiffers(String sender, TrackKind track, long sequence) {
    trace.accept(
        new TraceEvent.Noted(
            self, "frame " + sequence + " (" + track + ") of " + sender + " is not the source's"));
  }

  @Override
  public synchronized void close() {
    closed = true;
    ownRing.close();
    remotes.values().forEach(RemoteMedia::close);
  }
}
