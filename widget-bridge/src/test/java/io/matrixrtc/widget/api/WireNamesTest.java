package io.matrixrtc.widget.api;

import static io.matrixrtc.widget.api.Direction.FROM_WIDGET;
import static io.matrixrtc.widget.api.Direction.TO_WIDGET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names and forms on the wire. */
class WireNamesTest {

  @Test
  void widgetNamesEveryNameOfAnActionIsUnderstoodAndTheFirstIsSent() {
    assertThat(WidgetAction.of(FROM_WIDGET, "org.matrix.msc4157.update_delayed_event"))
        .contains(WidgetAction.UPDATE_DELAYED_EVENT);
    assertThat(WidgetAction.of(FROM_WIDGET, "update_delayed_event"))
        .contains(WidgetAction.UPDATE_DELAYED_EVENT);
    assertThat(WidgetAction.UPDATE_DELAYED_EVENT.wireName())
        .isEqualTo("org.matrix.msc4157.update_delayed_event");
    Set<String> seen = new HashSet<>();
    for (WidgetAction action : WidgetAction.values()) {
      for (String name : action.wireNames()) {
        assertThat(seen.add(name)).as(name).isTrue();
        for (Direction direction : Direction.values()) {
          assertThat(WidgetAction.of(direction, name))
              .isEqualTo(action.goes(direction) ? Optional.of(action) : Optional.empty());
        }
      }
    }
  }

  @Test
  void widgetNamesJavasAndJavaScriptsOwnNamesAreNoActions() {
    for (String name : List.of("constructor", "toString", "hasOwnProperty", "SEND_EVENT", "")) {
      assertThat(WidgetAction.of(FROM_WIDGET, name)).isEmpty();
    }
    assertThat(WidgetAction.of(TO_WIDGET, "get_openid")).as("other direction").isEmpty();
  }

  @Test
  void wu1TheVersionsAreListedInTheUsualOrder() {
    assertThat(ApiVersion.wireNames(EnumSet.allOf(ApiVersion.class)))
        .containsExactly(
            "0.0.1",
            "0.0.2",
            "org.matrix.msc2762",
            "org.matrix.msc2762_update_state",
            "org.matrix.msc2871",
            "org.matrix.msc2873",
            "org.matrix.msc2931",
            "org.matrix.msc2974",
            "org.matrix.msc2876",
            "org.matrix.msc3819",
            "town.robin.msc3846",
            "org.matrix.msc3869",
            "org.matrix.msc3973",
            "org.matrix.msc4039",
            "org.matrix.msc4515",
            "org.matrix.msc4533");
    assertThat(ApiVersion.known(List.of("org.matrix.msc2871", "org.matrix.msc9999")))
        .containsExactly(ApiVersion.MSC2871);
  }

  @Test
  void widgetErrorAllFourMembersOfAMatrixErrorTravel() {
    ObjectNode body = Json.newObject().put("errcode", "M_LIMIT_EXCEEDED");
    WidgetError error =
        new WidgetError(
            "m",
            Optional.of(new MatrixApiError(429, Map.of("Retry-After", "3"), "https://e", body)));
    assertThat(error.toResponse().toString())
        .isEqualTo(
            "{\"error\":{\"message\":\"m\",\"matrix_api_error\":{\"http_status\":429,"
                + "\"http_headers\":{\"retry-after\":\"3\"},\"url\":\"https://e\","
                + "\"response\":{\"errcode\":\"M_LIMIT_EXCEEDED\"}}}}");
    assertThat(WidgetError.from(error.toResponse())).contains(error);
  }

  @Test
  void widgetErrorWithoutATextIsNone() {
    assertThat(WidgetError.from(Json.newObject())).isEmpty();
    assertThat(WidgetError.from(Json.newObject().put("error", "text"))).isEmpty();
    ObjectNode number = Json.newObject();
    number.putObject("error").put("message", 7);
    assertThat(WidgetError.from(number)).isEmpty();
    ObjectNode plain = Json.newObject();
    plain
        .putObject("error")
        .put("message", "m")
        .putObject("matrix_api_error")
        .put("http_status", 4);
    assertThat(WidgetError.from(plain)).contains(WidgetError.of("m"));
  }

  @Test
  void todevInternalTypesAreKnownByNameAndByFamily() {
    for (String type :
        List.of(
            "m.dummy",
            "m.room_key",
            "m.room_key_request",
            "m.forwarded_room_key",
            "m.room_key.withheld",
            "org.matrix.room_key.withheld",
            "m.room.encrypted",
            "m.room_key_bundle",
            "io.element.msc4268.room_key_bundle",
            "m.key.verification.start",
            "m.secret.send",
            "m.secret.request",
            "m.olm.anything")) {
      assertThat(InternalToDeviceTypes.contains(type)).as(type).isTrue();
    }
    assertThat(InternalToDeviceTypes.contains("io.element.call.encryption_keys")).isFalse();
    assertThat(InternalToDeviceTypes.contains("m.call.invite")).isFalse();
  }

  @Test
  void openidOneTheTokenIsNotShown() {
    OpenIdToken token = new OpenIdToken("SECRET", Duration.ofHours(1), "example.org", "Bearer");
    assertThat(token.toString()).doesNotContain("SECRET");
    ObjectNode json = Json.newObject();
    token.writeTo(json);
    assertThat(json.toString())
        .isEqualTo(
            "{\"access_token\":\"SECRET\",\"expires_in\":3600,"
                + "\"matrix_server_name\":\"example.org\",\"token_type\":\"Bearer\"}");
  }
}
