package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.RateClass;
import io.matrixrtc.homeserver.http.RateLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitsTest extends ServerTest {
  @Override
  HomeserverConfig configure(HomeserverConfig config) {
    return config.withRateLimits(
        RateLimits.off()
            .with(RateClass.MESSAGES, 2, 0.5)
            .with(RateClass.LOGIN, 1, 1)
            .with(RateClass.REGISTRATION, 2, 1)
            .with(RateClass.JOINS, 1, 1)
            .with(RateClass.INVITES, 1, 1)
            .with(RateClass.TO_DEVICE, 1, 1)
            .with(RateClass.BACKUP, 1, 1)
            .with(RateClass.MEDIA, 1, 1));
  }

  @Test
  void aBurstIsAllowedAndThenOneAtATime_HS_LIMIT_CLASS() {
    Client alice = register("alice");
    Client bob = register("bob");
    String room = alice.createRoom("{'preset':'public_chat'}");
    bob.join(room);
    alice.send(room, "1", "t1");
    alice.setState(room, "x", "", "{}");
    String path = Client.room(room, "send/m.room.message/t2");
    Reply limited = alice.put(path, "{}").fails(429, "M_LIMIT_EXCEEDED");
    assertThat(limited.body().path("retry_after_ms").asLong()).isEqualTo(2_000);
    assertThat(limited.headers().firstValue("Retry-After")).contains("2");
    bob.send(room, "his", "t1");
    time.advance(Duration.ofMillis(1_999));
    alice.put(path, "{}").fails(429, "M_LIMIT_EXCEEDED");
    time.advance(Duration.ofMillis(1));
    alice.put(path, "{}").ok();
  }

  @Test
  void eachClassHasItsOwnSwitch_HS_LIMIT_CLASS() {
    Client alice = register("alice");
    String room = alice.createRoom("{'preset':'public_chat'}");
    register("bob");
    nobody().post("/register", "{}").fails(429, "M_LIMIT_EXCEEDED");
    alice.logIn("TWO");
    nobody().post("/login", "{}").fails(429, "M_LIMIT_EXCEEDED");
    alice.join(room);
    alice.post("/join/" + room, "{}").fails(429, "M_LIMIT_EXCEEDED");
    String invite = Client.room(room, "invite");
    alice.post(invite, "{'user_id':'@bob:test'}").ok();
    alice.post(invite, "{'user_id':'@bob:test'}").fails(429, "M_LIMIT_EXCEEDED");
    alice.put("/sendToDevice/x/t1", "{'messages':{}}").ok();
    alice.put("/sendToDevice/x/t2", "{'messages':{}}").fails(429, "M_LIMIT_EXCEEDED");
    alice.get("/room_keys/version").fails(404, "M_NOT_FOUND");
    alice.get("/room_keys/version").fails(429, "M_LIMIT_EXCEEDED");
    alice.get("/_matrix/client/v1/media/config").ok();
    alice.get("/_matrix/client/v1/media/config").fails(429, "M_LIMIT_EXCEEDED");
    for (int i = 0; i < 5; i++) {
      alice.get("/account/whoami").ok();
    }
  }
}
