package io.matrixrtc.homeserver.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.List;
import java.util.Optional;

/** One-time and fallback keys of devices: handed out in the order of upload, each once. */
public final class OneTimeKeys {
  /** Named in counts also where there is none: a missing count reads as zero to some clients. */
  public static final String SIGNED_CURVE25519 = "signed_curve25519";

  private record OneTimeKey(String keyId, JsonNode key) {}

  /** Kept after the claim as well: an id must not come back with another key. */
  private record Known(JsonNode key) {}

  private record FallbackKey(String keyId, JsonNode key, boolean used) {}

  private record Count(long left) {}

  private record LastChange(long position) {}

  private static final TableSpec<OneTimeKey> KEYS =
      TableSpec.of(
          "one_time_keys", OneTimeKey.class, "user_id", "device_id", "algorithm", "#position");
  private static final TableSpec<Known> KNOWN =
      TableSpec.of("one_time_key_ids", Known.class, "user_id", "device_id", "key_id");
  private static final TableSpec<FallbackKey> FALLBACK =
      TableSpec.of("fallback_keys", FallbackKey.class, "user_id", "device_id", "algorithm");
  private static final TableSpec<Count> COUNTS =
      TableSpec.of("one_time_key_counts", Count.class, "user_id", "device_id", "algorithm");
  private static final TableSpec<LastChange> CHANGES =
      TableSpec.of("one_time_key_changes", LastChange.class, "user_id", "device_id");

  private final Table<OneTimeKey> keys;
  private final Table<Known> known;
  private final Table<FallbackKey> fallback;
  private final Table<Count> counts;
  private final Table<LastChange> changes;
  private final StreamPositions stream;
  private final News news;

  OneTimeKeys(Foundation foundation) {
    this.keys = Table.open(foundation.storage(), KEYS);
    this.known = Table.open(foundation.storage(), KNOWN);
    this.fallback = Table.open(foundation.storage(), FALLBACK);
    this.counts = Table.open(foundation.storage(), COUNTS);
    this.changes = Table.open(foundation.storage(), CHANGES);
    this.stream = foundation.stream();
    this.news = foundation.news();
  }

  /** HS-OTK-CLASH: a known id is ignored with the same key and refused with another one. */
  void upload(Session device, String fullId, JsonNode key) {
    String algorithm = algorithm(fullId);
    Optional<Known> before = known.get(device.userId(), device.deviceId(), fullId);
    if (before.isPresent()) {
      if (!before.get().key().equals(key)) {
        throw new MatrixException(
            ErrorCode.M_UNKNOWN,
            "One time key "
                + fullId
                + " already exists. Old key: "
                + before.get().key()
                + "; new key: "
                + key);
      }
      return;
    }
    known.put(new Known(key), device.userId(), device.deviceId(), fullId);
    keys.put(
        new OneTimeKey(fullId, key), device.userId(), device.deviceId(), algorithm, stream.next());
    count(device, algorithm, 1);
    touched(device);
  }

  /** HS-FALLBACK-NEW: one for each algorithm; another key is unused again. */
  void uploadFallback(Session device, String fullId, JsonNode key) {
    String algorithm = algorithm(fullId);
    Optional<FallbackKey> before = fallback.get(device.userId(), device.deviceId(), algorithm);
    boolean same = before.filter(b -> b.keyId().equals(fullId) && b.key().equals(key)).isPresent();
    if (!same) {
      fallback.put(
          new FallbackKey(fullId, key, false), device.userId(), device.deviceId(), algorithm);
      touched(device);
    }
  }

  /**
   * HS-OTK-ORDER: takes the oldest key. HS-FALLBACK-USED: with none left the fallback key, which is
   * marked as used and stays.
   */
  Optional<ObjectNode> claim(Session device, String algorithm) {
    List<Table.Row<OneTimeKey>> oldest =
        keys.scan(Range.of(device.userId(), device.deviceId(), algorithm).limit(1));
    if (!oldest.isEmpty()) {
      Table.Row<OneTimeKey> row = oldest.get(0);
      keys.remove(row.key().parts().toArray());
      count(device, algorithm, -1);
      touched(device);
      return Optional.of(named(row.value().keyId(), row.value().key()));
    }
    Optional<FallbackKey> last = fallback.get(device.userId(), device.deviceId(), algorithm);
    if (last.isPresent() && !last.get().used()) {
      fallback.put(
          new FallbackKey(last.get().keyId(), last.get().key(), true),
          device.userId(),
          device.deviceId(),
          algorithm);
      touched(device);
    }
    return last.map(key -> named(key.keyId(), key.key()));
  }

  /** How many are left for each algorithm; {@link #SIGNED_CURVE25519} is always named. */
  public ObjectNode counts(Session device) {
    ObjectNode left = Json.object().put(SIGNED_CURVE25519, 0L);
    for (Table.Row<Count> row : counts.scan(Range.of(device.userId(), device.deviceId()))) {
      left.put(row.key().text(2), row.value().left());
    }
    return left;
  }

  /** Algorithms with a fallback key that nobody has been given yet. */
  public List<String> unusedFallbackTypes(Session device) {
    return fallback.scan(Range.of(device.userId(), device.deviceId())).stream()
        .filter(row -> !row.value().used())
        .map(row -> row.key().text(2))
        .toList();
  }

  /** Position at which the counts or the fallback keys changed last; 0 if never. */
  public long lastChange(Session device) {
    return changes.get(device.userId(), device.deviceId()).map(LastChange::position).orElse(0L);
  }

  void deviceDeleted(Session device) {
    Range all = Range.of(device.userId(), device.deviceId());
    keys.removeAll(all);
    known.removeAll(all);
    fallback.removeAll(all);
    counts.removeAll(all);
    changes.removeAll(all);
  }

  private void count(Session device, String algorithm, int change) {
    long before =
        counts.get(device.userId(), device.deviceId(), algorithm).map(Count::left).orElse(0L);
    counts.put(new Count(before + change), device.userId(), device.deviceId(), algorithm);
  }

  // A sync that waits is woken: its client may want to upload more.
  private void touched(Session device) {
    changes.put(new LastChange(stream.next()), device.userId(), device.deviceId());
    news.forDevice(device.userId(), device.deviceId());
  }

  private static ObjectNode named(String keyId, JsonNode key) {
    ObjectNode json = Json.object();
    json.set(keyId, key);
    return json;
  }

  private static String algorithm(String fullId) {
    int colon = fullId.indexOf(':');
    if (colon < 1 || colon == fullId.length() - 1) {
      throw MatrixException.badJson("Not an algorithm and key id: " + fullId);
    }
    return fullId.substring(0, colon);
  }
}
