package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;

/** An answer of the server. */
public record Reply(int status, JsonNode body, HttpHeaders headers) {

  /** The body, of a request that must have succeeded. */
  public JsonNode ok() {
    assertThat(status).as("%s", body).isEqualTo(200);
    return body;
  }

  public Reply fails(int wantedStatus, String errcode) {
    assertThat(status).as("%s", body).isEqualTo(wantedStatus);
    assertThat(body.path("errcode").asText()).isEqualTo(errcode);
    assertThat(body.path("error").isTextual()).isTrue();
    return this;
  }
}
