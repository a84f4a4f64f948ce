package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.rtc.RtcTransports;
import org.junit.jupiter.api.Test;

/** Where clients learn of SFUs. */
class RtcTransportsTest {
  private static final String UNSTABLE =
      "/_matrix/client/unstable/org.matrix.msc4143/rtc/transports";
  private static final String STABLE = "/_matrix/client/v1/rtc/transports";
  private static final String WELL_KNOWN = "/.well-known/matrix/client";
  private static final String LIST =
      "[{\"type\":\"livekit\",\"livekit_service_url\":\"https://a.test\"},"
          + "{\"type\":\"livekit\",\"livekit_service_url\":\"https://b.test\"}]";

  private static EmbeddedHomeserver start(RtcTransports transports) throws BindFailed {
    return EmbeddedHomeserver.start(HomeserverConfig.defaults().withRtcTransports(transports));
  }

  @Test
  void theEndpointNamesThemUnderTheKeyOfItsPath_HS_RTC_TRANSPORTS() throws BindFailed {
    try (EmbeddedHomeserver server =
        start(RtcTransports.livekit("https://a.test", "https://b.test").in(true, false))) {
      Client alice = Client.register(server, "alice");
      assertThat(alice.get(UNSTABLE).ok().toString())
          .isEqualTo("{\"rtc_transports\":" + LIST + "}");
      assertThat(alice.get(STABLE).ok().toString()).isEqualTo("{\"transports\":" + LIST + "}");
      Client.nobody(server).get(UNSTABLE).fails(401, "M_MISSING_TOKEN");
      assertThat(features(server).path("org.matrix.msc4143").asBoolean()).isTrue();
      assertThat(alice.get(WELL_KNOWN).ok().has("org.matrix.msc4143.rtc_foci")).isFalse();
    }
  }

  @Test
  void anOlderServerNamesThemInItsWellKnown_HS_RTC_WELL_KNOWN() throws BindFailed {
    try (EmbeddedHomeserver server =
        start(RtcTransports.livekit("https://a.test", "https://b.test").in(false, true))) {
      JsonNode known = Client.nobody(server).get(WELL_KNOWN).ok();
      assertThat(known.path("org.matrix.msc4143.rtc_foci").toString()).isEqualTo(LIST);
      Client.register(server, "alice").get(UNSTABLE).fails(404, "M_UNRECOGNIZED");
      assertThat(features(server).has("org.matrix.msc4143")).isFalse();
    }
  }

  @Test
  void noneConfiguredIsEmptyAndNoFeatureIsUnrecognized_HS_RTC_TRANSPORTS() throws BindFailed {
    try (EmbeddedHomeserver server = start(RtcTransports.off().in(true, false))) {
      assertThat(Client.register(server, "alice").get(UNSTABLE).ok()).isEmpty();
    }
    try (EmbeddedHomeserver server = start(RtcTransports.off())) {
      Client alice = Client.register(server, "alice");
      alice.get(UNSTABLE).fails(404, "M_UNRECOGNIZED");
      alice.get(STABLE).fails(404, "M_UNRECOGNIZED");
      String msc4195 = "/_matrix/client/unstable/io.element.msc4195/rtc/livekit/";
      alice.post(msc4195 + "get_token", "{}").fails(404, "M_UNRECOGNIZED");
      alice.post(msc4195 + "delegate_delayed_leave", "{}").fails(404, "M_UNRECOGNIZED");
    }
  }

  private static JsonNode features(EmbeddedHomeserver server) {
    return Client.nobody(server).get("/_matrix/client/versions").ok().path("unstable_features");
  }
}
