package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.http.Tokens;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The devices of users and the access tokens they hold, one each. */
public final class Devices implements Tokens {
  /** Is told of deleted devices, to delete what belongs to them. */
  @FunctionalInterface
  public interface DeletionListener {
    void deviceDeleted(Session device);
  }

  /** A device as others see it. */
  public record Device(
      String deviceId, Optional<String> displayName, long lastSeenTs, String lastSeenIp) {}

  private record DeviceRow(
      String tokenHash, @Nullable String displayName, long lastSeenTs, String lastSeenIp) {}

  private record TokenRow(String userId, String deviceId) {}

  private static final TableSpec<DeviceRow> DEVICES =
      TableSpec.of("devices", DeviceRow.class, "user_id", "device_id");
  private static final TableSpec<TokenRow> TOKENS =
      TableSpec.of("access_tokens", TokenRow.class, "token_hash");
  // Writing each request's time would make every read a write.
  private static final Duration SEEN_PRECISION = Duration.ofMinutes(1);

  private final Table<DeviceRow> devices;
  private final Table<TokenRow> tokens;
  private final InstantSource clock;
  private final RandomIds ids;
  private final List<DeletionListener> listeners = new ArrayList<>();

  public Devices(Storage storage, InstantSource clock, RandomIds ids) {
    this.devices = Table.open(storage, DEVICES);
    this.tokens = Table.open(storage, TOKENS);
    this.clock = clock;
    this.ids = ids;
  }

  public void onDeletion(DeletionListener listener) {
    listeners.add(listener);
  }

  /**
   * Logs a device in and returns its access token. A known device is re-used, and its earlier token
   * is void from then on.
   */
  public String logIn(Session device, Optional<String> displayName, String address) {
    DeviceRow before = devices.get(device.userId(), device.deviceId()).orElse(null);
    if (before != null) {
      tokens.remove(before.tokenHash());
    }
    String token = ids.token();
    String hash = Passwords.hashToken(token);
    String name = displayName.orElse(before == null ? null : before.displayName());
    devices.put(
        new DeviceRow(hash, name, clock.millis(), address), device.userId(), device.deviceId());
    tokens.put(new TokenRow(device.userId(), device.deviceId()), hash);
    return token;
  }

  @Override
  public Optional<Session> session(String token) {
    return tokens
        .get(Passwords.hashToken(token))
        .map(row -> new Session(row.userId(), row.deviceId()));
  }

  @Override
  public void seen(Session session, String address) {
    DeviceRow row = devices.get(session.userId(), session.deviceId()).orElse(null);
    long now = clock.millis();
    if (row != null
        && (now - row.lastSeenTs() >= SEEN_PRECISION.toMillis()
            || !row.lastSeenIp().equals(address))) {
      devices.put(
          new DeviceRow(row.tokenHash(), row.displayName(), now, address),
          session.userId(),
          session.deviceId());
    }
  }

  public boolean exists(String userId, String deviceId) {
    return devices.contains(userId, deviceId);
  }

  public Optional<Device> get(String userId, String deviceId) {
    return devices.get(userId, deviceId).map(row -> device(deviceId, row));
  }

  public List<Device> all(String userId) {
    return devices.scan(Range.of(userId)).stream()
        .map(row -> device(row.key().text(1), row.value()))
        .toList();
  }

  public void rename(String userId, String deviceId, @Nullable String displayName) {
    devices
        .get(userId, deviceId)
        .ifPresent(
            row ->
                devices.put(
                    new DeviceRow(row.tokenHash(), displayName, row.lastSeenTs(), row.lastSeenIp()),
                    userId,
                    deviceId));
  }

  /** Deletes the device, its token and, through the listeners, all that belongs to it. */
  public void delete(Session device) {
    DeviceRow row = devices.get(device.userId(), device.deviceId()).orElse(null);
    if (row != null) {
      tokens.remove(row.tokenHash());
      devices.remove(device.userId(), device.deviceId());
      listeners.forEach(listener -> listener.deviceDeleted(device));
    }
  }

  private static Device device(String deviceId, DeviceRow row) {
    return new Device(
        deviceId, Optional.ofNullable(row.displayName()), row.lastSeenTs(), row.lastSeenIp());
  }
}
