package io.matrixrtc.cli.call;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeliveryState;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.KeyStatus;
import io.matrixrtc.keys.RemoteKeyState;
import io.matrixrtc.session.OwnMembershipEvent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts what session and machine know into words. */
final class CallReader {
  static final String OK = "ok";

  private CallReader() {}

  static CallView view(
      DeviceAddress own,
      Status status,
      KeyStatus keys,
      Map<DeviceAddress, String> trust,
      Instant now) {
    List<CallView.Row> rows = new ArrayList<>();
    keys.remote().keySet().stream()
        .sorted(
            Comparator.comparing(CallMember::joinedAt)
                .thenComparing(member -> member.device().toString()))
        .forEach(member -> rows.add(row(member, keys, trust, now)));
    return new CallView(
        own.toString(),
        status.name().toLowerCase(Locale.ROOT),
        keys.used().map(index -> index.value()),
        rows);
  }

  private static CallView.Row row(
      CallMember member, KeyStatus keys, Map<DeviceAddress, String> trust, Instant now) {
    @Nullable RemoteKeyState theirs = keys.remote().get(member);
    @Nullable DeliveryState ours = keys.deliveries().get(member);
    String known = trust.getOrDefault(member.device(), "unknown");
    if (theirs instanceof RemoteKeyState.Held held) {
      return new CallView.Row(
          member.device().toString(),
          known,
          Optional.of(held.newest().value()),
          Optional.of(Duration.between(held.receivedAt(), now)),
          Optional.of(held.way().toString()),
          OK,
          ours(ours));
    }
    String why =
        theirs instanceof RemoteKeyState.Missing missing
            ? missing
                .lastRefusal()
                .map(refusal -> "it sent one that was refused: " + words(refusal))
                .orElse("none came for " + seconds(missing.since(), now) + " s")
            : "not a member";
    return new CallView.Row(
        member.device().toString(),
        known,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        why,
        ours(ours));
  }

  private static long seconds(Instant from, Instant to) {
    return Duration.between(from, to).toSeconds();
  }

  private static String ours(@Nullable DeliveryState state) {
    if (state instanceof DeliveryState.Served) {
      return OK;
    } else if (state instanceof DeliveryState.Offered) {
      return "on its way";
    } else if (state instanceof DeliveryState.Failed failed) {
      return failed.failure().detail() + ", tried " + failed.attempts() + " times";
    } else if (state instanceof DeliveryState.Withheld withheld) {
      return "withheld: " + withheld.reason();
    }
    return "not offered yet";
  }

  /** {@code ClaimedAnotherDevice} as {@code claimed another device}. */
  private static String words(KeyRefusal refusal) {
    return refusal
        .getClass()
        .getSimpleName()
        .replaceAll("([a-z])([A-Z])", "$1 $2")
        .toLowerCase(Locale.ROOT);
  }

  static Map<DeviceAddress, String> trust(OlmMachine machine, List<DeviceAddress> devices)
      throws CryptoStoreException {
    Map<DeviceAddress, String> trust = new LinkedHashMap<>();
    for (DeviceAddress device : devices) {
      machine
          .verificationOf(new UserDevice(device.userId(), device.deviceId()))
          .ifPresent(
              state -> trust.put(device, state.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    }
    return trust;
  }
}
