package io.matrixrtc.media;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one call member, by index, for all its tracks: the ring that a member encrypts with,
 * or the one that a receiver keeps for a sender.
 *
 * <p>A sender puts a key, lets it be delivered, then {@link #use uses} it; encryptors follow with
 * their next frame, all tracks at one barrier. A receiver puts keys as they come and keeps old ones
 * beside new; it drops older keys ten seconds after the first authentic frame under a newer one
 * (KEY-RETIRE). Everything that an unauthentic frame can change is a failure count.
 *
 * <p>Safe for many threads; media threads read it without locks. Keys are copied in, and wiped when
 * they are replaced, dropped, retired, or when the ring is closed.
 */
public final class KeyRing implements AutoCloseable {
  /** How long the keys of a sender that is no member are kept. */
  public static final long SUSPENDED_KEEP_MILLIS = 60_000;

  private final KeyRingSettings settings;
  private final byte[] salt;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final AtomicReferenceArray<@Nullable KeySlot> slots;
  private final AtomicIntegerArray failures = new AtomicIntegerArray(KeyIndex.MAX + 1);
  private volatile @Nullable SendingKey sending;

  /** Fingerprints of the media keys in the slots, and of the last one retired in each. */
  private final Map<Integer, String> fingerprints = new HashMap<>();

  private final Map<Integer, String> retired = new HashMap<>();
  private volatile int currentIndex;
  private volatile long suspendedAtMillis = KeySlot.NEVER;
  private volatile SendGate gate = SendGate.OPEN;
  private volatile KeyRingListener listener = KeyRingListener.NONE;
  private long puts;
  private boolean closed;

  /**
   * @param random for IVs: a {@link java.security.SecureRandom} outside tests
   * @param clock for the times after which old generations and keys are refused
   */
  public KeyRing(KeyRingSettings settings, RandomGenerator random, InstantSource clock) {
    this.settings = settings;
    this.salt = settings.ratchetSalt().getBytes(StandardCharsets.UTF_8);
    this.random = random;
    this.clock = clock;
    this.slots = new AtomicReferenceArray<>(settings.slots());
  }

  /** The key that is encrypted with, one immutable value for the whole ring (KEY-R3). */
  record SendingKey(KeySlot slot, Generation generation) {}

  public KeyRingSettings settings() {
    return settings;
  }

  /**
   * Puts a copy of {@code key} at {@code index} (modulo the ring's size), in place of the key that
   * was there, and clears the index's failures. The sending key changes only if this is the index
   * in use. The same key again changes nothing but the failures. In {@link TrialMode#ONE_STEP} the
   * same key starts its generations over, and failures stay until {@link #use}.
   *
   * @throws IllegalStateException if the ring is closed or {@code key} is destroyed
   */
  public synchronized void put(KeyIndex index, MediaKey key) {
    if (isRetired(index, key)) {
      return;
    }
    try (KeyMaterial material = KeyMaterial.of(key)) {
      put(index, material, key.frameNumbers(random));
      fingerprints.put(index.value() % slots.length(), key.fingerprint());
    }
  }

  /**
   * Whether this very key was retired at this index (KEY-RETIRE): putting it again has no effect,
   * or who was given it once could forge frames again.
   */
  private boolean isRetired(KeyIndex index, MediaKey key) {
    if (settings.trialMode() != TrialMode.WALK) {
      return false;
    }
    sweep();
    return key.fingerprint().equals(retired.get(index.value() % slots.length()));
  }

  /** As {@link #put(KeyIndex, MediaKey)}, for material that is not a member's own key. */
  public synchronized void put(KeyIndex index, KeyMaterial material) {
    put(index, material, null);
    fingerprints.remove(index.value() % slots.length());
  }

  private synchronized void put(
      KeyIndex index, KeyMaterial material, @Nullable FrameNumbers numbers) {
    checkOpen();
    int at = index.value() % slots.length();
    if (settings.trialMode() == TrialMode.WALK) {
      failures.set(at, 0);
    }
    KeySlot old = slots.get(at);
    boolean same = old != null && old.base().sameMaterial(material);
    if (same && settings.trialMode() == TrialMode.WALK) {
      return;
    }
    FrameNumbers shared = numbersOf(material);
    if (shared == null) {
      shared = numbers == null ? new FrameNumbers(random) : numbers;
    }
    slots.set(at, new KeySlot(at, ++puts, material, shared, salt, settings.keyBits()));
    if (old != null) {
      old.destroy();
    }
    refreshSending();
  }

  /** The IVs of equal material in this ring, whatever its index: they must be shared (KEY-IV). */
  private @Nullable FrameNumbers numbersOf(KeyMaterial material) {
    for (int i = 0; i < slots.length(); i++) {
      KeySlot slot = slots.get(i);
      if (slot != null && slot.base().sameMaterial(material)) {
        return slot.frameNumbers();
      }
    }
    return null;
  }

  /**
   * In {@link TrialMode#ONE_STEP}, puts every key back to generation 0: livekit-client does so on
   * every {@code enable} acknowledgement, which is whenever anybody publishes a track. Ours keeps
   * its generations.
   */
  public synchronized void repost() {
    if (settings.trialMode() == TrialMode.WALK) {
      return;
    }
    for (int i = 0; i < slots.length(); i++) {
      KeySlot slot = slots.get(i);
      if (slot != null) {
        put(new KeyIndex(i), slot.base(), slot.frameNumbers());
      }
    }
  }

  /**
   * Encrypts with the key at {@code index} from the next frame on, on all tracks; with none if the
   * slot is empty.
   */
  public synchronized void use(KeyIndex index) {
    currentIndex = index.value() % slots.length();
    failures.set(currentIndex, 0);
    refreshSending();
  }

  /** The index in use for sending; 0 until {@link #use}. */
  public KeyIndex currentIndex() {
    return new KeyIndex(currentIndex);
  }

  /** Whether there is a key at {@code index} that was not retired. */
  public boolean has(KeyIndex index) {
    return slot(index.value()) != null;
  }

  /**
   * Advances the key at {@code index} by {@code steps} generations at one barrier, for all tracks
   * (KEY-R3), and clears every failure count. A sender that lets a joiner in advances by two, since
   * the material one step on opens what was sent before (KEY-R1). Frames of the generation before
   * are accepted for two seconds.
   *
   * @return the generation now installed
   * @throws IllegalArgumentException if {@code steps} is not 1 or 2
   * @throws IllegalStateException if there is no key at the index
   */
  public int advance(KeyIndex index, int steps) {
    if (steps < 1 || steps > 2) {
      throw new IllegalArgumentException("ratchet steps: want 1 or 2, got " + steps);
    }
    int number;
    synchronized (this) {
      KeySlot slot = requireSlot(index);
      number = slot.installed().number() + steps;
      for (int i = 0; i < failures.length(); i++) {
        failures.set(i, 0);
      }
      install(slot, number);
    }
    listener.onGeneration(index, number);
    return number;
  }

  /** The installed generation of the key at {@code index}; empty if there is none. */
  public OptionalInt generation(KeyIndex index) {
    KeySlot slot = slot(index.value());
    return slot == null ? OptionalInt.empty() : OptionalInt.of(slot.installed().number());
  }

  /**
   * A copy of the installed generation of the key at {@code index}: what a joiner is given. The
   * caller closes it.
   *
   * @throws IllegalStateException if there is no key at the index, or its material has not the
   *     length of a media key
   */
  public synchronized MediaKey copyKey(KeyIndex index) {
    return requireSlot(index).installed().material().toMediaKey();
  }

  /** How many frame numbers the key at {@code index} has used, at most 2³¹ (KEY-AGE). */
  public long framesUsed(KeyIndex index) {
    KeySlot slot = slot(index.value());
    return slot == null ? 0 : slot.frameNumbers().drawn();
  }

  /** When the first frame was encrypted with the key at {@code index} (KEY-AGE). */
  public Optional<Instant> firstUsed(KeyIndex index) {
    KeySlot slot = slot(index.value());
    return slot == null || slot.firstUsedMillis() == KeySlot.NEVER
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(slot.firstUsedMillis()));
  }

  /** Failures in a row of frames that named {@code index}. */
  public int failures(KeyIndex index) {
    return failures.get(index.value());
  }

  /** Whether failures at {@code index} are within the tolerance. */
  public boolean isValid(KeyIndex index) {
    return isValid(index.value());
  }

  /** Drops and wipes the key at {@code index}. */
  public synchronized void drop(KeyIndex index) {
    dropIf(slot -> slot.index() == index.value());
  }

  /** Drops and wipes the keys whose time is over; to be called now and then. */
  public synchronized void sweep() {
    long now = clock.millis();
    for (int i = 0; i < slots.length(); i++) {
      KeySlot slot = slots.get(i);
      String fingerprint = fingerprints.get(i);
      if (slot != null && fingerprint != null && now >= slot.retireAtMillis()) {
        retired.put(i, fingerprint);
      }
    }
    boolean gone =
        suspendedAtMillis != KeySlot.NEVER && now >= suspendedAtMillis + SUSPENDED_KEEP_MILLIS;
    dropIf(
        slot -> {
          slot.previous(now);
          return gone || now >= slot.retireAtMillis();
        });
  }

  /**
   * Refuses every frame while the sender is no member (KEY-RETIRE). Its keys are kept for {@value
   * #SUSPENDED_KEEP_MILLIS} ms, for the return of the same device.
   */
  public synchronized void suspend() {
    suspendedAtMillis = Math.min(suspendedAtMillis, clock.millis());
  }

  /** Accepts frames again; with the keys it had, if the sender is back in time. */
  public synchronized void resume() {
    sweep();
    suspendedAtMillis = KeySlot.NEVER;
  }

  /** Asks {@code gate} before each frame that is encrypted with this ring. */
  public void setGate(SendGate gate) {
    this.gate = gate;
  }

  /** Tells {@code listener} of authentic frames and generation changes, in place of the last. */
  public void setListener(KeyRingListener listener) {
    this.listener = listener;
  }

  /** Wipes all keys; afterwards no frame is encrypted or decrypted. */
  @Override
  public synchronized void close() {
    closed = true;
    dropIf(slot -> true);
  }

  @Override
  public String toString() {
    return "KeyRing[current " + currentIndex + ", " + settings.trialMode() + "]";
  }

  @Nullable SendingKey sending() {
    return sending;
  }

  SendGate gate() {
    return gate;
  }

  boolean isSuspended() {
    return suspendedAtMillis != KeySlot.NEVER;
  }

  InstantSource clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  /** The slot that a frame names; null also beyond the ring, and when its time is over. */
  @Nullable KeySlot slot(int index) {
    if (index >= slots.length()) {
      return null;
    }
    KeySlot slot = slots.get(index);
    if (slot != null
        && slot.retireAtMillis() != KeySlot.NEVER
        && clock.millis() >= slot.retireAtMillis()) {
      return null;
    }
    return slot;
  }

  /** Whether too many frames failed at the index; never for one beyond the ring. */
  boolean isValid(int index) {
    int tolerance = settings.failureTolerance();
    return tolerance < 0 || index >= slots.length() || failures.get(index) <= tolerance;
  }

  /** Whether frames that name the index are refused untried. */
  boolean refuses(int index) {
    return settings.trialMode() == TrialMode.ONE_STEP && !isValid(index);
  }

  /** Counts a frame that named an index without a key. */
  void missing(int index) {
    if (settings.failureTolerance() >= 0 && failures.get(index) < Integer.MAX_VALUE) {
      failures.getAndIncrement(index);
    }
  }

  /** Counts a frame that no key opened. */
  void failed(int index) {
    // livekit-client neither counts nor reports while its current index is invalid.
    if (settings.trialMode() == TrialMode.WALK || isValid(currentIndex)) {
      missing(index);
    }
  }

  void clearFailures(int index) {
    if (failures.get(index) != 0) {
      failures.set(index, 0);
    }
  }

  /** Notes an authentic frame: the only way in which frames change keys. */
  void authentic(KeySlot slot, Generation generation) {
    clearFailures(slot.index());
    if (generation.number() > slot.installed().number() && follow(slot, generation.number())) {
      listener.onGeneration(new KeyIndex(slot.index()), generation.number());
    }
    if (!slot.isAuthenticated()) {
      firstAuthentic(slot, generation);
    }
  }

  private void firstAuthentic(KeySlot slot, Generation generation) {
    synchronized (this) {
      if (slot.isAuthenticated()) {
        return;
      }
      slot.markAuthenticated();
      if (settings.retireAfter() != null) {
        long at = clock.millis() + settings.retireAfter().toMillis();
        for (int i = 0; i < slots.length(); i++) {
          KeySlot other = slots.get(i);
          if (other != null && other.order() < slot.order()) {
            other.retireAt(at);
          }
        }
      }
    }
    listener.onFirstAuthenticFrame(new KeyIndex(slot.index()), generation.number());
  }

  private synchronized boolean follow(KeySlot slot, int number) {
    if (slots.get(slot.index()) != slot || !install(slot, number)) {
      return false;
    }
    if (settings.trialMode() == TrialMode.ONE_STEP) {
      use(new KeyIndex(slot.index()));
    }
    return true;
  }

  private boolean install(KeySlot slot, int number) {
    boolean installed = slot.install(number, clock.millis());
    refreshSending();
    return installed;
  }

  private KeySlot requireSlot(KeyIndex index) {
    KeySlot slot = slot(index.value());
    if (slot == null) {
      throw new IllegalStateException("no key at index " + index);
    }
    return slot;
  }

  private void refreshSending() {
    KeySlot slot = slots.get(currentIndex);
    sending = slot == null ? null : new SendingKey(slot, slot.installed());
  }

  private void dropIf(Predicate<KeySlot> condition) {
    for (int i = 0; i < slots.length(); i++) {
      KeySlot slot = slots.get(i);
      if (slot != null && condition.test(slot)) {
        slots.set(i, null);
        slot.destroy();
      }
    }
    refreshSending();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("key ring is closed");
    }
  }
}
