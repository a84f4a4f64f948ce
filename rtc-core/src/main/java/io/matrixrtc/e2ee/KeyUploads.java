package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.OutgoingRequest.KeysUpload;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the homeserver supplied with our keys: device keys once, 50 one-time keys, one fallback
 * key. At most one upload is under way; until it is answered the same keys are offered.
 */
final class KeyUploads {
  private static final Logger LOG = LoggerFactory.getLogger(KeyUploads.class);

  static final String KEY_ALGORITHM = "signed_curve25519";

  /** A fallback key is replaced at this age (OTK-FB-AGE). */
  static final Duration FALLBACK_KEY_LIFETIME = Duration.ofDays(7);

  /**
   * After a fallback key was published, a report that none is unused is not believed for so long:
   * it may be older than the key (OTK-FB-PACE).
   */
  static final Duration FALLBACK_KEY_SETTLING = Duration.ofMinutes(5);

  /** The predecessor of a published fallback key is kept for so long (OTK-FB-FORGET). */
  static final Duration PREVIOUS_FALLBACK_KEY_KEPT = Duration.ofHours(1);

  private final OwnDevice own;
  private final UnitOfWork work;
  private final RequestIds ids;
  private final FailureBackoff<String> backoff = new FailureBackoff<>();

  private boolean deviceKeysUploaded;
  private @Nullable Instant fallbackKeyCreatedAt;
  private @Nullable Instant fallbackKeyPublishedAt;
  private @Nullable Integer countOnServer;
  private boolean serverKnowsFallbackKeys;
  private boolean fallbackKeyUsed;
  private boolean keysWereLost;
  private @Nullable KeysUpload underWay;

  KeyUploads(OwnDevice own, UnitOfWork work, RequestIds ids, Optional<StoredAccount> stored) {
    this.own = own;
    this.work = work;
    this.ids = ids;
    this.deviceKeysUploaded = stored.map(StoredAccount::deviceKeysUploaded).orElse(false);
    this.fallbackKeyCreatedAt = stored.flatMap(StoredAccount::fallbackKeyCreatedAt).orElse(null);
    this.fallbackKeyPublishedAt =
        stored.flatMap(StoredAccount::fallbackKeyPublishedAt).orElse(null);
  }

  StoredAccount toStored(Sealed account) {
    return new StoredAccount(
        own.address(),
        account,
        deviceKeysUploaded,
        Optional.ofNullable(fallbackKeyCreatedAt),
        Optional.ofNullable(fallbackKeyPublishedAt));
  }

  /** Takes what a sync says about the keys on the server. */
  void onSync(int oneTimeKeyCount, Optional<Set<String>> unusedFallbackKeyTypes) {
    countOnServer = oneTimeKeyCount;
    if (unusedFallbackKeyTypes.isPresent()) {
      serverKnowsFallbackKeys = true;
      fallbackKeyUsed = !unusedFallbackKeyTypes.get().contains(KEY_ALGORITHM);
    }
  }

  /** Drops the private part of the previous fallback key when its time has come. */
  void forgetPreviousFallbackKey(Instant now) {
    if (fallbackKeyPublishedAt != null
        && !now.isBefore(fallbackKeyPublishedAt.plus(PREVIOUS_FALLBACK_KEY_KEPT))
        && own.account().forgetFallbackKey()) {
      work.accountChanged();
    }
  }

  /** The upload that is wanted now: the one under way, a new one, or none. */
  Optional<KeysUpload> next(Instant now) {
    if (underWay != null) {
      return Optional.of(underWay);
    }
    if (backoff.isWaiting(KEY_ALGORITHM, now)) {
      return Optional.empty();
    }
    makeOneTimeKeys();
    adoptFallbackKey(now);
    makeFallbackKey(now);
    ObjectNode body = body();
    if (body.isEmpty()) {
      return Optional.empty();
    }
    underWay = new KeysUpload(ids.next(), body);
    return Optional.of(underWay);
  }

  boolean isUnderWay(String id) {
    return underWay != null && underWay.id().equals(id);
  }

  void onAnswer(ObjectNode answer, Instant now) {
    boolean withFallbackKey = underWay != null && underWay.body().has("fallback_keys");
    underWay = null;
    backoff.succeeded(KEY_ALGORITHM);
    deviceKeysUploaded = true;
    own.account().markKeysAsPublished();
    if (withFallbackKey) {
      fallbackKeyPublishedAt = now;
      fallbackKeyUsed = false;
    }
    countOnServer = answer.path("one_time_key_counts").path(KEY_ALGORITHM).asInt(0);
    work.accountChanged();
  }

  void onFailure(RequestFailure failure, Instant now) {
    underWay = null;
    backoff.failed(KEY_ALGORITHM, now);
    if (failure.oneTimeKeyExists() && !keysWereLost) { // OTK-EXISTS
      keysWereLost = true;
      LOG.error(
          "{}: the homeserver holds other one-time keys under our ids: this device's store was lost"
              + " or restored from an older copy",
          own.address());
    }
  }

  /** Whether the homeserver has our device keys. */
  boolean published() {
    return deviceKeysUploaded;
  }

  /** Whether the homeserver was found to hold one-time keys that this device does not know. */
  boolean keysWereLost() {
    return keysWereLost;
  }

  OneTimeKeyState state() {
    Account account = own.account();
    return new OneTimeKeyState(
        deviceKeysUploaded,
        countOnServer == null ? OptionalInt.empty() : OptionalInt.of(countOnServer),
        account.unpublishedOneTimeKeys().size(),
        account.storedOneTimeKeyCount(),
        Optional.ofNullable(fallbackKeyCreatedAt),
        Optional.ofNullable(fallbackKeyPublishedAt),
        keysWereLost);
  }

  Optional<Instant> nextDeadline(Instant now) {
    return backoff.nextEnd(now);
  }

  private void makeOneTimeKeys() {
    Account account = own.account();
    if (!account.unpublishedOneTimeKeys().isEmpty()) {
      return; // OTK-AGAIN: an upload failed; the same keys go out again
    }
    boolean isNew = !deviceKeysUploaded && account.storedOneTimeKeyCount() == 0;
    Integer onServer = isNew ? Integer.valueOf(0) : countOnServer; // of an import it is unknown
    if (onServer != null && onServer < Account.ONE_TIME_KEYS_ON_SERVER) { // OTK-COUNT
      account.generateOneTimeKeys(Account.ONE_TIME_KEYS_ON_SERVER - Math.max(0, onServer));
      work.accountChanged();
    }
  }

  /** An imported key is as old as the import: when it was made or published nobody told. */
  private void adoptFallbackKey(Instant now) {
    if (fallbackKeyCreatedAt == null && own.account().hasFallbackKey()) { // STORE-IMPORT
      fallbackKeyCreatedAt = now;
      if (own.account().unpublishedFallbackKey().isEmpty()) {
        fallbackKeyPublishedAt = now;
      }
      work.accountChanged();
    }
  }

  private void makeFallbackKey(Instant now) {
    if (!serverKnowsFallbackKeys || !own.account().unpublishedFallbackKey().isEmpty()) {
      return;
    }
    if (fallbackKeyCreatedAt == null || isOld(fallbackKeyCreatedAt, now) || wasUsed(now)) {
      own.account().generateFallbackKey();
      fallbackKeyCreatedAt = now;
      work.accountChanged();
    }
  }

  private static boolean isOld(Instant createdAt, Instant now) {
    return now.isBefore(createdAt) || !now.isBefore(createdAt.plus(FALLBACK_KEY_LIFETIME));
  }

  private boolean wasUsed(Instant now) {
    return fallbackKeyUsed // OTK-FB-USED
        && fallbackKeyPublishedAt != null
        && !now.isBefore(fallbackKeyPublishedAt.plus(FALLBACK_KEY_SETTLING));
  }

  private ObjectNode body() {
    ObjectNode body = Json.newObject();
    if (!deviceKeysUploaded) {
      body.set("device_keys", own.deviceKeys());
    }
    ObjectNode oneTimeKeys = Json.newObject();
    own.account()
        .unpublishedOneTimeKeys()
        .forEach((id, key) -> oneTimeKeys.set(keyId(id), own.signedKey(key, false)));
    if (!oneTimeKeys.isEmpty()) {
      body.set("one_time_keys", oneTimeKeys);
    }
    ObjectNode fallbackKeys = Json.newObject();
    own.account()
        .unpublishedFallbackKey()
        .forEach((id, key) -> fallbackKeys.set(keyId(id), own.signedKey(key, true)));
    if (!fallbackKeys.isEmpty()) {
      body.set("fallback_keys", fallbackKeys);
    }
    return body;
  }

  private static String keyId(String id) {
    return KEY_ALGORITHM + ":" + id;
  }
}
