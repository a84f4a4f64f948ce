package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.http.Tokens;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The devices of users and their tokens. */
public final class Devices implements Tokens {
  /** Is told of deleted devices, to delete what belongs to them. */
  @FunctionalInterface
  public interface DeletionListener {
    void deviceDeleted(Session device);
  }

  /** A device as others see it. */
  public record Device(
      String deviceId, Optional<String> displayName, long lastSeenTs, String lastSeenIp) {}

  private record DeviceRow(@Nullable String displayName, long lastSeenTs, String lastSeenIp) {}

  private static final TableSpec<DeviceRow> DEVICES =
      TableSpec.of("devices", DeviceRow.class, "user_id", "device_id");
  // Writing each request's time would make every read a write.
  private static final Duration SEEN_PRECISION = Duration.ofMinutes(1);

  private final Table<DeviceRow> devices;
  private final DeviceTokens tokens;
  private final InstantSource clock;
  private final News news;
  private final List<DeletionListener> listeners = new ArrayList<>();

  public Devices(Foundation foundation) {
    this.devices = Table.open(foundation.storage(), DEVICES);
    this.tokens = new DeviceTokens(foundation);
    this.clock = foundation.time();
    this.news = foundation.news();
  }

  public void onDeletion(DeletionListener listener) {
    listeners.add(listener);
  }

  /**
   * Logs a device in and returns its tokens, which end after {@code lifetime} if there is one. A
   * known device is re-used with its keys and messages, and its earlier tokens are void from then
   * on.
   */
  DeviceTokens.Issued logIn(
      Session device, Optional<String> displayName, String address, Optional<Duration> lifetime) {
    DeviceRow before = devices.get(device.userId(), device.deviceId()).orElse(null);
    String name = displayName.orElse(before == null ? null : before.displayName());
    devices.put(new DeviceRow(name, clock.millis(), address), device.userId(), device.deviceId());
    voided(device);
    return tokens.issue(device, lifetime);
  }

  /** HS-DEHY: a device that nobody is logged in as. */
  public void addWithoutToken(Session device, Optional<String> displayName) {
    devices.put(
        new DeviceRow(displayName.orElse(null), clock.millis(), ""),
        device.userId(),
        device.deviceId());
  }

  /** New tokens for a refresh token; none if it is unknown or used up. */
  Optional<DeviceTokens.Issued> refresh(String refreshToken, Duration lifetime) {
    tokens.refreshes(refreshToken).ifPresent(this::voided);
    return tokens.exchange(refreshToken, lifetime);
  }

  /**
   * HS-SOFT-LOGOUT: the device's access token is over, the device and all that is its own stay
   * until somebody logs in as it again.
   */
  public void expireToken(Session device) {
    tokens.expire(device);
    voided(device);
  }

  // A sync that waits with the token must end.
  private void voided(Session device) {
    news.forDevice(device.userId(), device.deviceId());
  }

  @Override
  public Optional<Session> session(String token) {
    return tokens.session(token);
  }

  @Override
  public boolean isExpired(String token) {
    return tokens.isExpired(token);
  }

  @Override
  public void seen(String token, Session session, String address) {
    tokens.used(token);
    DeviceRow row = devices.get(session.userId(), session.deviceId()).orElse(null);
    long now = clock.millis();
    if (row != null
        && (now - row.lastSeenTs() >= SEEN_PRECISION.toMillis()
            || !row.lastSeenIp().equals(address))) {
      devices.put(
          new DeviceRow(row.displayName(), now, address), session.userId(), session.deviceId());
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
                    new DeviceRow(displayName, row.lastSeenTs(), row.lastSeenIp()),
                    userId,
                    deviceId));
  }

  /** Deletes the device, its token and, through the listeners, all that belongs to it. */
  public void delete(Session device) {
    if (devices.remove(device.userId(), device.deviceId())) {
      tokens.deleteAll(device);
      voided(device);
      listeners.forEach(listener -> listener.deviceDeleted(device));
    }
  }

  private static Device device(String deviceId, DeviceRow row) {
    return new Device(
        deviceId, Optional.ofNullable(row.displayName()), row.lastSeenTs(), row.lastSeenIp());
  }
}
