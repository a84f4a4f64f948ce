package io.matrixrtc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.Delivery;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.KeyEvent;
import io.matrixrtc.keys.KeyRefusal;
import io.matrixrtc.keys.KeyWay;
import io.matrixrtc.keys.RotationPlan;
import io.matrixrtc.media.KeyIndex;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeteredCallTest {
  private static final KeyIndex INDEX = new KeyIndex(3);
  private static final DeviceAddress BOB = new DeviceAddress("@bob:example.org", "BOB");
  private static final CallMember MEMBER =
      new CallMember(BOB, "bob", Instant.EPOCH, "@bob:example.org:BOB");

  private static List<KeyEvent> events() {
    Duration second = Duration.ofSeconds(1);
    return List.of(
        new KeyEvent.RotationStarted(INDEX, RotationPlan.Cause.MEMBER_LEFT, 4),
        new KeyEvent.OfferAnswered(INDEX, 4, 3, second),
        new KeyEvent.KeyNotServed(
            MEMBER,
            INDEX,
            new Delivery.Failed(Delivery.Reason.NO_ONE_TIME_KEYS, "none left"),
            Instant.EPOCH),
        new KeyEvent.RemoteKeyMissing(MEMBER, second, true, Optional.empty()),
        new KeyEvent.RemoteKeyLate(MEMBER, INDEX, second),
        new KeyEvent.KeyRefused(
            new KeyRefusal.Cleartext(new KeyRefusal.Origin("@bob:example.org", Optional.empty()))),
        new KeyEvent.HoldEnded(Duration.ofMillis(250)));
  }

  private static SimpleMeterRegistry measured() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MeteredCall call = new MeteredCall(meters);
    events().forEach(call::on);
    call.onKeyReceived(MEMBER, KeyWay.TO_DEVICE, Duration.ofSeconds(1), true);
    call.onKeyReceived(MEMBER, KeyWay.TO_DEVICE, Duration.ofSeconds(1), false);
    return meters;
  }

  @Test
  void everyMeasureOfTheListenerIsAMeter() {
    SimpleMeterRegistry meters = measured();

    assertThat(meters.get("matrixrtc.keys.rotations").tag("cause", "member_left").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.recipients").summary().totalAmount()).isEqualTo(4);
    assertThat(meters.get("matrixrtc.keys.send").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(1_000);
    assertThat(meters.get("matrixrtc.keys.served").counter().count()).isEqualTo(3);
    assertThat(
            meters
                .get("matrixrtc.keys.not.served")
                .tag("reason", "no_one_time_keys")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.received").tag("way", "to-device").counter().count())
        .isEqualTo(2);
    assertThat(meters.get("matrixrtc.keys.first").timer().count()).isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.missing").tag("frames", "waiting").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.late").timer().count()).isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.refused").tag("reason", "Cleartext").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("matrixrtc.keys.hold").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(250);
  }

  @Test
  void noMeterNamesAUserADeviceOrARoom() {
    SimpleMeterRegistry meters = measured();
    assertThat(meters.getMeters()).hasSizeGreaterThan(8);
    for (Meter meter : meters.getMeters()) {
      assertThat(meter.getId().toString()).doesNotContainIgnoringCase("bob").doesNotContain("@");
    }
  }
}
