package io.matrixrtc.token.federation;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
  private static final InetAddress FOUND = InetAddress.getLoopbackAddress();

  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final AtomicInteger lookedUp = new AtomicInteger();
  private final SystemResolver resolver = new SystemResolver(vertx, this::lookUp);

  private List<InetAddress> lookUp(String host) {
    lookedUp.incrementAndGet();
    try {
      silence.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of(FOUND);
  }

  @AfterEach
  void close() {
    silence.countDown();
    vertx.close();
  }

  private static List<InetAddress> get(Future<List<InetAddress>> answer) throws Exception {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aNameIsLookedUpOnceForAllThatAsk_NET_NAMES() throws Exception {
    Future<List<InetAddress>> first = resolver.addresses("a.example");
    Future<List<InetAddress>> second = resolver.addresses("a.example");
    silence.countDown();
    assertThat(get(first)).containsExactly(FOUND);
    assertThat(get(second)).containsExactly(FOUND);
    assertThat(lookedUp).hasValue(1);
    assertThat(get(resolver.addresses("a.example"))).containsExactly(FOUND);
    assertThat(lookedUp).as("and later again").hasValue(2);
  }

  @Test
  void soManyNamesAreLookedUpAtATimeAndOneBeyond_NET_NAMES() throws Exception {
    List<Future<List<InetAddress>>> asked =
        IntStream.range(0, SystemResolver.MAX_UNDER_WAY)
            .mapToObj(i -> resolver.addresses("host" + i + ".example"))
            .toList();
    assertThat(get(resolver.addresses("beyond.example"))).isEmpty();
    silence.countDown();
    assertThat(get(asked.get(0))).as("control: in time").hasSize(1);
    for (Future<List<InetAddress>> one : asked) {
      get(one);
    }
    assertThat(get(resolver.addresses("beyond.example"))).as("control: they ended").hasSize(1);
  }

  @Test
  void aHostOfThisMachineIsFound_NET_NAMES() throws Exception {
    assertThat(get(new SystemResolver(vertx).addresses("localhost"))).contains(FOUND);
  }
}
