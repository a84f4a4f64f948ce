package io.matrixrtc.keys;

import io.matrixrtc.media.SendGate;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one atomic state of the own key ring (KEY-GATE). Media threads ask {@link #admit} before each
 * frame; the session's executor does everything else; both move the state by compare-and-set only,
 * so that of a first frame and a leave one comes first for both.
 *
 * <pre>
 *            first frame                      first frame
 *   READY ----------------> SENDING   OWING ----------------> HELD
 *     |  &lt;---------------                |                       |
 *     |      2 s silent                  |  key made ready       |  key delivered
 *     '--- something is owed --> OWING   '---------> READY       '---------> SENDING
 * </pre>
 *
 * <p>An app with its own media path calls {@link #admit} for each frame; {@code KeyRing.setGate}
 * does it for a {@code FrameEncryptor}. Until {@link #connect} nobody is known to ask, and the
 * device counts as one that always sends.
 */
public final class OwnRingGate implements SendGate {
  /** What the next frame meets. */
  public enum State {
    /** Nothing is sent; the next frame may go out. */
    READY,
    /** Frames go out. */
    SENDING,
    /** Nothing is sent; a new key has to be delivered before the next frame goes out. */
    OWING,
    /** Frames are dropped until the new key is delivered, or the view of the call is mended. */
    HELD;

    /** What a policy is told; frames that a stale view holds are no sign of a speaker. */
    RotationView.Activity activity(boolean heldByView) {
      return switch (this) {
        case SENDING -> RotationView.Activity.SENDING;
        case HELD -> heldByView ? RotationView.Activity.SILENT : RotationView.Activity.HELD;
        case READY, OWING -> RotationView.Activity.SILENT;
      };
    }
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.SENDING);
  private final AtomicLong asked = new AtomicLong();
  private final Runnable wake;
  private volatile boolean connected;
  private volatile boolean dataPackets;

  /**
   * @param wake run on the media thread when a frame moved the state: must not block
   */
  public OwnRingGate(Runnable wake) {
    this.wake = wake;
  }

  @Override
  public boolean admit() {
    asked.getAndIncrement(); // before the state is read: see silence()
    while (true) {
      switch (state()) {
        case SENDING:
          return true;
        case HELD:
          return false;
        case READY:
          if (state.compareAndSet(State.READY, State.SENDING)) {
            wake.run();
            return true;
          }
          break;
        case OWING:
          if (state.compareAndSet(State.OWING, State.HELD)) {
            wake.run();
            return false;
          }
          break;
        default:
          throw new IllegalStateException("unknown state");
      }
    }
  }

  /** KEY-R6: tells once that data packets are in use. */
  @Override
  public void onDataPacket() {
    if (!dataPackets) {
      dataPackets = true;
      wake.run();
    }
  }

  boolean hasDataPackets() {
    return dataPackets;
  }

  /** The state at this moment. */
  public State state() {
    return Objects.requireNonNull(state.get());
  }

  /** Media threads ask from now on, beginning in {@code first}. */
  void connect(State first) {
    state.set(first);
    connected = true;
  }

  boolean isConnected() {
    return connected;
  }

  /** How many frames asked so far, held ones included. */
  long asked() {
    return asked.get();
  }

  /**
   * SENDING → READY, unless a frame asked since {@code seen} was read from {@link #asked}.
   *
   * @return whether it is READY
   */
  boolean silence(long seen) {
    if (!state.compareAndSet(State.SENDING, State.READY)) {
      return false;
    }
    // A frame that saw SENDING was counted before it looked: it shows here.
    return asked.get() == seen || !state.compareAndSet(State.READY, State.SENDING);
  }

  /**
   * READY → OWING.
   *
   * @return whether it is OWING; if not, a frame was first
   */
  boolean owe() {
    return state.compareAndSet(State.READY, State.OWING) || state.get() == State.OWING;
  }

  /** OWING → READY or HELD → SENDING: the new key is in the ring. */
  void open() {
    if (!state.compareAndSet(State.OWING, State.READY)) {
      state.compareAndSet(State.HELD, State.SENDING);
    }
  }

  /** Whatever it is → HELD. */
  void hold() {
    state.set(State.HELD);
  }

  /** HELD → OWING or READY: what was in the way is gone. */
  void resume(boolean owing) {
    state.compareAndSet(State.HELD, owing ? State.OWING : State.READY);
  }

  @Override
  public String toString() {
    return "OwnRingGate[" + state + "]";
  }
}
