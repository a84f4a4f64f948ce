package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.http.PortReturn;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PortReturnTest extends ServerTest {
  private final AtomicInteger tries = new AtomicInteger();

  /** Listens where the port is somebody else's before this try. */
  private PortReturn.Attempt<Integer> freeFrom(int fromTry) {
    HomeserverConfig same = HomeserverConfig.defaults().withPort(server.port());
    BindFailed taken =
        catchThrowableOfType(BindFailed.class, () -> EmbeddedHomeserver.start(same).close());
    return () -> {
      if (tries.incrementAndGet() < fromTry) {
        throw taken;
      }
      return tries.get();
    };
  }

  @Test
  void aPortThatSomebodyHasForAMomentIsWaitedFor_HS_PORT() throws Exception {
    assertThat(PortReturn.await(freeFrom(3))).isEqualTo(3);
  }

  @Test
  void aFreeOneIsTakenAtOnceAndAnInterruptEndsTheWait_HS_PORT() throws Exception {
    assertThat(PortReturn.await(freeFrom(1))).isOne();
    PortReturn.Attempt<Integer> never = freeFrom(100);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> PortReturn.await(never)).isInstanceOf(BindFailed.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(tries).hasValue(2);
  }
}
