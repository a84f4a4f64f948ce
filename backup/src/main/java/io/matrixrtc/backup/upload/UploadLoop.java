package io.matrixrtc.backup.upload;

import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.olm.Curve25519PublicKey;
import io.matrixrtc.olm.RandomSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Uploads the keys that are not in the backup yet, {@value UploadBatch#MAX_KEYS} in a request. One
 * for an account; confined to one executor. Sealing a batch takes some milliseconds: not for an
 * event thread.
 */
public final class UploadLoop {
  private static final Duration MOST_DELAY = Duration.ofSeconds(10);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(100);
  private static final int MAX_DOUBLINGS = 4;

  private final RoomKeyVault vault;
  private final RandomSource random;
  private @Nullable Target target;
  private @Nullable UploadBatch pending;
  private @Nullable Instant due;
  private Optional<Long> remaining = Optional.empty();
  private boolean sending;
  private boolean loggedOut;
  private boolean moreArrived;
  private int failures;

  private record Target(String version, Curve25519PublicKey key) {}

  /** Uploads from {@code vault}; {@code random} gives ephemeral keys and delays. */
  public UploadLoop(RoomKeyVault vault, RandomSource random) {
    this.vault = vault;
    this.random = random;
  }

  /** The version that keys go to, if any do. */
  public Optional<String> version() {
    return Optional.ofNullable(target).map(Target::version);
  }

  /**
   * Uploads to this version from now on: one that may be uploaded to. Another one than before gets
   * everything (UP-VERSION).
   */
  public List<UploadEffect> enable(String version, Curve25519PublicKey key, Instant now) {
    Target next = new Target(version, key);
    if (next.equals(target)) {
      return List.of();
    }
    reset();
    target = next;
    return keysArrived(now);
  }

  /** Uploads nothing more, and forgets what is in which backup. */
  public void disable() throws VaultException {
    reset();
    vault.forgetMarks();
  }

  /**
   * Uploads nothing more, since the user does not want it (PREF-GATE). What is in which backup is
   * still known.
   */
  public void suspend() {
    reset();
  }

  private void reset() {
    target = null;
    pending = null;
    due = null;
    sending = false;
    loggedOut = false;
    moreArrived = false;
    failures = 0;
    remaining = Optional.empty();
  }

  /**
   * There are new keys, or there may be. Waits up to ten seconds (UP-DELAY), so that many devices
   * do not upload the same key at once.
   */
  public List<UploadEffect> keysArrived(Instant now) {
    moreArrived = true;
    if (target == null || sending || due != null || pending != null || loggedOut) {
      return List.of();
    }
    return wakeAt(now.plus(part(MOST_DELAY)));
  }

  /** Uploads now, without the delay: before a logout, or when the user asks. */
  public List<UploadEffect> flush(Instant now) throws VaultException {
    if (target == null || sending || loggedOut) {
      return List.of();
    }
    due = now;
    return wake(now);
  }

  /** A timer went off. */
  public List<UploadEffect> wake(Instant now) throws VaultException {
    Target to = target;
    Instant at = due;
    if (to == null || sending || at == null || now.isBefore(at)) {
      return List.of();
    }
    due = null;
    UploadBatch batch = pending;
    if (batch == null) {
      moreArrived = false;
      List<ExportedRoomKey> keys = vault.notBackedUp(to.version(), UploadBatch.MAX_KEYS);
      if (keys.isEmpty()) {
        remaining = Optional.empty();
        return List.of(new UploadEffect.Remaining(0));
      }
      batch = UploadBatch.seal(keys, to.key(), random);
      pending = batch;
    }
    sending = true;
    return List.of(new UploadEffect.Put(to.version(), batch.body().deepCopy()));
  }

  /** The server has the batch: only now its keys are marked (UP-MARK). */
  public List<UploadEffect> uploaded(String version, Instant now) throws VaultException {
    Target to = target;
    UploadBatch batch = pending;
    if (to == null || batch == null || !sending || !to.version().equals(version)) {
      return List.of();
    }
    vault.markBackedUp(to.version(), batch.marks());
    pending = null;
    sending = false;
    failures = 0;
    boolean last = batch.marks().size() < UploadBatch.MAX_KEYS && !moreArrived;
    if (last) {
      remaining = Optional.empty();
      return List.of(new UploadEffect.Remaining(0));
    }
    long left =
        remaining.isPresent()
            ? Math.max(0, remaining.get() - batch.marks().size())
            : vault.countNotBackedUp(to.version()); // UP-COUNT: once in a loop
    remaining = Optional.of(left);
    List<UploadEffect> effects = new ArrayList<>();
    effects.add(new UploadEffect.Remaining(left));
    if (left > 0 || moreArrived) {
      effects.addAll(wakeAt(now.plus(BETWEEN_BATCHES)));
    } else {
      remaining = Optional.empty();
    }
    return effects;
  }

  /** The server does not have the batch, or may not have it. */
  public List<UploadEffect> failed(String version, UploadFailure failure, Instant now) {
    Target to = target;
    if (to == null || !sending || !to.version().equals(version)) {
      return List.of();
    }
    sending = false;
    return switch (failure.kind()) {
      case GONE, WRONG_VERSION -> { // UP-OFF
        reset();
        yield List.of(new UploadEffect.TurnedOff(failure.kind()), new UploadEffect.CheckServer());
      }
      case LOGGED_OUT -> {
        loggedOut = true;
        yield List.of();
      }
      case TRY_AGAIN -> {
        Duration own = Duration.ofSeconds(1L << Math.min(failures, MAX_DOUBLINGS));
        failures++;
        Duration wait = failure.retryAfter().orElse(own.plus(part(own.dividedBy(4))));
        yield wakeAt(now.plus(wait)); // UP-BACKOFF
      }
    };
  }

  /** There is a new token. */
  public List<UploadEffect> loggedIn(Instant now) {
    if (!loggedOut) {
      return List.of();
    }
    loggedOut = false;
    return wakeAt(now);
  }

  private List<UploadEffect> wakeAt(Instant time) {
    due = time;
    return List.of(new UploadEffect.WakeAt(time));
  }

  /** A random part of {@code whole}. */
  private Duration part(Duration whole) {
    byte[] bytes = new byte[2];
    random.nextBytes(bytes);
    long share = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    return Duration.ofMillis(whole.toMillis() * share / 65_535);
  }
}
