package io.matrixrtc.widget.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.widget.host.FakeDriver;
import io.matrixrtc.widget.host.FakeRooms;
import io.matrixrtc.widget.host.HostLimits;
import io.matrixrtc.widget.host.HostedWidget;
import io.matrixrtc.widget.host.WidgetHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How long hosts are waited for, in virtual time. */
class LeavingHostsTest {
  private final HandScheduler scheduler = new HandScheduler();
  private final LeavingHosts leaving = new LeavingHosts(scheduler);
  private final List<String> heard = new ArrayList<>();

  private static WidgetHost host(SerialScheduler scheduler) {
    return new WidgetHost(
        HostedWidget.call(
            "w",
            "https://widget.example.org",
            new DeviceAddress("@alice:example.org", "A"),
            "!r:example.org"),
        HostLimits.DEFAULT,
        new FakeRooms(),
        new FakeDriver(),
        text -> {},
        event -> {},
        scheduler,
        new SplittableRandom(7));
  }

  @Test
  void bridgeDrainAHostThatDoesNotEndIsWaitedForNoLongerThanTheLimit() {
    leaving.add(host(scheduler));
    leaving.whenGone(() -> heard.add("gone"));
    scheduler.passes(LeavingHosts.LIMIT.minusMillis(1));
    assertThat(heard).isEmpty();
    scheduler.passes(Duration.ofMillis(1));
    assertThat(heard).containsExactly("gone");
    scheduler.passes(Duration.ofHours(1));
    assertThat(heard).as("told once").hasSize(1);
  }

  @Test
  void bridgeDrainEveryHostIsWaitedForAndThoseThatAreGoneAreForgotten() {
    WidgetHost first = host(scheduler);
    WidgetHost second = host(scheduler);
    leaving.add(first);
    leaving.add(second);
    leaving.whenGone(() -> heard.add("gone"));
    first.close();
    assertThat(heard).as("one is still there").isEmpty();
    second.close();
    assertThat(heard).containsExactly("gone");
    assertThat(scheduler.timers()).isZero();
    leaving.whenGone(() -> heard.add("again"));
    assertThat(heard).as("nobody is left").containsExactly("gone", "again");
  }
}
