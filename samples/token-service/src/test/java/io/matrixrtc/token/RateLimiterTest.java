package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void eachClientHasItsBurstAndItsRate_RATE_CLIENT() {
    RateLimiter limiter = new RateLimiter(new RateLimit(2, 3));
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.count("a", 0)).isEmpty();
    }
    assertThat(limiter.count("a", 0)).contains(Duration.ofMillis(500));
    assertThat(limiter.count("b", 0)).as("control: another client").isEmpty();
    assertThat(limiter.count("a", SECOND / 2 - 1)).isPresent();
    assertThat(limiter.count("a", SECOND / 2)).isEmpty();
    assertThat(limiter.count("a", SECOND / 2)).isPresent();
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.count("a", 100 * SECOND)).as("never more than the burst").isEmpty();
    }
    assertThat(limiter.count("a", 100 * SECOND)).isPresent();
  }

  @Test
  void soManyClientsAreRemembered_RATE_BOUND() {
    RateLimiter limiter = new RateLimiter(new RateLimit(1, 1));
    for (int i = 0; i < RateLimiter.MAX_CLIENTS; i++) {
      limiter.count("c" + i, 0);
    }
    assertThat(limiter.size()).isEqualTo(RateLimiter.MAX_CLIENTS);
    assertThat(limiter.count("c0", 0)).as("the oldest is still known").isPresent();
    limiter.count("one more", 0);
    assertThat(limiter.size()).isEqualTo(RateLimiter.MAX_CLIENTS);
    assertThat(limiter.count("c0", 0)).as("it was seen lately").isPresent();
    assertThat(limiter.count("c1", 0)).as("the longest silent one went").isEmpty();
  }

  @Test
  void aClientIsAnAddressOrANetwork_RATE_CLIENT() {
    assertThat(ClientAddress.network("192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(ClientAddress.network("2001:db8:1:2:3:4:5:6"))
        .isEqualTo(ClientAddress.network("2001:db8:1:2:ffff::1"))
        .isNotEqualTo(ClientAddress.network("2001:db8:1:3:3:4:5:6"));
    assertThat(ClientAddress.network("x".repeat(1_000))).isEmpty();
  }

  @Test
  void oneRequestTooManyIsToldWhenToComeBack_RATE_CLIENT() throws Exception {
    try (World world = new World(config -> config.withRateLimit(new RateLimit(0.001, 2), true))) {
      assertThat(from(world, "1.1.1.1, 192.0.2.1")).isEqualTo(200);
      assertThat(from(world, "2.2.2.2, 192.0.2.1")).isEqualTo(200);
      assertThat(from(world, "3.3.3.3, 192.0.2.1")).isEqualTo(429);
      assertThat(from(world, "1.1.1.1, 192.0.2.2")).as("control: another one").isEqualTo(200);
      assertThat(world.send("/healthz", "GET", "").statusCode()).as("not counted").isEqualTo(200);
    }
  }

  @Test
  void theLastOfSeveralLinesIsTheProxys_RATE_PROXY() throws Exception {
    try (World world = new World(config -> config.withRateLimit(new RateLimit(0.001, 1), true))) {
      assertThat(from(world, "1.1.1.1", "192.0.2.1")).isEqualTo(200);
      assertThat(from(world, "2.2.2.2", "192.0.2.1")).isEqualTo(429);
      assertThat(from(world, "1.1.1.1", "192.0.2.2")).as("control: another one").isEqualTo(200);
    }
  }

  private static int from(World world, String... forwarded) throws Exception {
    String[] headers =
        Stream.of(forwarded)
            .flatMap(line -> Stream.of("X-Forwarded-For", line))
            .toArray(String[]::new);
    var answer = world.send("/sfu/get", "POST", World.legacyRequest().toString(), headers);
    if (answer.statusCode() == 429) {
      assertThat(World.error(answer)).isEqualTo("429 M_LIMIT_EXCEEDED");
      assertThat(World.json(answer).get("retry_after_ms").asLong()).isPositive();
      assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
    }
    return answer.statusCode();
  }

  @Test
  void soManyRequestsAreUnderWayAndOneBeyond_RATE_TOTAL() throws Exception {
    try (World world =
        new World(
            config ->
                config
                    .withRateLimit(new RateLimit(0, 1, 2), false)
                    .withNetwork(config.addresses(), config.trust(), Duration.ofSeconds(4)))) {
      world.homeserver.on(World.USERINFO, (request, seen) -> {}); // silence
      ExecutorService pool = Executors.newFixedThreadPool(2);
      try {
        for (int i = 0; i < 2; i++) {
          pool.submit(() -> world.post("/sfu/get", World.legacyRequest()));
        }
        await().until(() -> world.homeserver.requests().size() >= 4); // two files, two questions
        assertThat(World.error(world.post("/sfu/get", World.legacyRequest())))
            .isEqualTo("429 M_LIMIT_EXCEEDED");
      } finally {
        pool.shutdown();
      }
      await().until(pool::isTerminated);
      assertThat(World.error(world.post("/sfu/get", World.legacyRequest())))
          .as("control: they ended")
          .isEqualTo("401 M_UNAUTHORIZED");
    }
  }

  @Test
  void withoutAProxyTheHeaderSaysNothing_RATE_PROXY() throws Exception {
    try (World world = new World(config -> config.withRateLimit(new RateLimit(0.001, 1), false))) {
      assertThat(from(world, "192.0.2.1")).isEqualTo(200);
      assertThat(from(world, "192.0.2.2")).isEqualTo(429);
    }
  }
}
